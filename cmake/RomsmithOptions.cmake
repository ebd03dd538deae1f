# SPDX-License-Identifier: GPL-3.0-or-later
# One INTERFACE target carries the language level, the warnings and Qt's strictness for every target of the project.

option(ROMSMITH_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
option(ROMSMITH_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(ROMSMITH_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined")

add_library(romsmith_options INTERFACE)
target_compile_features(romsmith_options INTERFACE cxx_std_23)
target_compile_options(romsmith_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
    $<$<BOOL:${ROMSMITH_WARNINGS_AS_ERRORS}>:-Werror>)
target_compile_definitions(romsmith_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_CONTEXTLESS_CONNECT QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH QT_NO_KEYWORDS
    QT_STRICT_ITERATORS QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_UP_TO=0x060800)

if(ROMSMITH_SANITIZE)
    target_compile_options(romsmith_options INTERFACE
        -fsanitize=${ROMSMITH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(romsmith_options INTERFACE -fsanitize=${ROMSMITH_SANITIZE})
endif()
if(ROMSMITH_FUZZ)
    # Every object is instrumented for coverage; only the fuzzers link the driver.
    target_compile_options(romsmith_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
