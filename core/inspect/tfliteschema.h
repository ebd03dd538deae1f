// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <string_view>

/// The part of TensorFlow Lite's FlatBuffers schema that a summary needs, written down by field numbers. Every table
/// verifies exactly the fields that it reads.
namespace romsmith::inspect::schema {

inline constexpr auto identifier = "TFL3";

/// Where a field's offset stands in a table's vtable.
constexpr flatbuffers::voffset_t field(unsigned number)
{
    return static_cast<flatbuffers::voffset_t>(4 + 2 * number);
}

template <typename T> using Vector = flatbuffers::Vector<T>;
template <typename T> using Tables = Vector<flatbuffers::Offset<T>>;
using flatbuffers::String;

/// What all tables have in common.
struct Table : private flatbuffers::Table
{
    using flatbuffers::Table::VerifyTableStart;

    template <typename T> T scalar(unsigned number, T otherwise = {}) const
    {
        return GetField<T>(field(number), otherwise);
    }

    template <typename T> const T* pointer(unsigned number) const { return GetPointer<const T*>(field(number)); }

    template <typename T> bool verifyScalar(const flatbuffers::Verifier& verifier, unsigned number) const
    {
        return VerifyField<T>(verifier, field(number), sizeof(T));
    }

    bool verifyString(const flatbuffers::Verifier& verifier, unsigned number) const
    {
        return VerifyOffset(verifier, field(number)) && verifier.VerifyString(pointer<String>(number));
    }

    template <typename T> bool verifyVector(const flatbuffers::Verifier& verifier, unsigned number) const
    {
        return VerifyOffset(verifier, field(number)) && verifier.VerifyVector(pointer<Vector<T>>(number));
    }

    template <typename T> bool verifyTable(flatbuffers::Verifier& verifier, unsigned number) const
    {
        return VerifyOffset(verifier, field(number)) && verifier.VerifyTable(pointer<T>(number));
    }

    /// FlatBuffers' own walk does not check that an element's offset stays inside the bytes.
    template <typename T> bool verifyTables(flatbuffers::Verifier& verifier, unsigned number) const
    {
        if (!verifyVector<flatbuffers::Offset<T>>(verifier, number)) {
            return false;
        }
        const auto* tables = pointer<Tables<T>>(number);
        for (flatbuffers::uoffset_t i = 0; tables && i < tables->size(); ++i) {
            const auto* start = tables->Data() + i * sizeof(flatbuffers::uoffset_t);
            if (verifier.VerifyOffset(start, 0) == 0 || !tables->Get(i)->Verify(verifier)) {
                return false;
            }
        }
        return true;
    }
};

struct Quantization : Table
{
    const Vector<float>* scale() const { return pointer<Vector<float>>(2); }
    const Vector<std::int64_t>* zeroPoint() const { return pointer<Vector<std::int64_t>>(3); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyVector<float>(verifier, 2) && verifyVector<std::int64_t>(verifier, 3)
            && verifier.EndTable();
    }
};

struct Tensor : Table
{
    const Vector<std::int32_t>* shape() const { return pointer<Vector<std::int32_t>>(0); }
    std::int8_t type() const { return scalar<std::int8_t>(1); }
    const String* name() const { return pointer<String>(3); }
    const Quantization* quantization() const { return pointer<Quantization>(4); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyVector<std::int32_t>(verifier, 0)
            && verifyScalar<std::int8_t>(verifier, 1) && verifyString(verifier, 3)
            && verifyTable<Quantization>(verifier, 4) && verifier.EndTable();
    }
};

struct Operator : Table
{
    std::uint32_t opcodeIndex() const { return scalar<std::uint32_t>(0); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyScalar<std::uint32_t>(verifier, 0) && verifier.EndTable();
    }
};

struct SubGraph : Table
{
    const Tables<Tensor>* tensors() const { return pointer<Tables<Tensor>>(0); }
    const Vector<std::int32_t>* inputs() const { return pointer<Vector<std::int32_t>>(1); }
    const Vector<std::int32_t>* outputs() const { return pointer<Vector<std::int32_t>>(2); }
    const Tables<Operator>* operators() const { return pointer<Tables<Operator>>(3); }
    const String* name() const { return pointer<String>(4); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyTables<Tensor>(verifier, 0)
            && verifyVector<std::int32_t>(verifier, 1) && verifyVector<std::int32_t>(verifier, 2)
            && verifyTables<Operator>(verifier, 3) && verifyString(verifier, 4) && verifier.EndTable();
    }
};

struct OperatorCode : Table
{
    std::int8_t deprecatedBuiltinCode() const { return scalar<std::int8_t>(0); }
    const String* customCode() const { return pointer<String>(1); }
    std::int32_t builtinCode() const { return scalar<std::int32_t>(3); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyScalar<std::int8_t>(verifier, 0) && verifyString(verifier, 1)
            && verifyScalar<std::int32_t>(verifier, 3) && verifier.EndTable();
    }
};

struct Buffer : Table
{
    const Vector<std::uint8_t>* data() const { return pointer<Vector<std::uint8_t>>(0); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyVector<std::uint8_t>(verifier, 0) && verifier.EndTable();
    }
};

struct Model : Table
{
    std::uint32_t version() const { return scalar<std::uint32_t>(0); }
    const Tables<OperatorCode>* operatorCodes() const { return pointer<Tables<OperatorCode>>(1); }
    const Tables<SubGraph>* subgraphs() const { return pointer<Tables<SubGraph>>(2); }
    const String* description() const { return pointer<String>(3); }
    const Tables<Buffer>* buffers() const { return pointer<Tables<Buffer>>(4); }

    bool Verify(flatbuffers::Verifier& verifier) const
    {
        return VerifyTableStart(verifier) && verifyScalar<std::uint32_t>(verifier, 0)
            && verifyTables<OperatorCode>(verifier, 1) && verifyTables<SubGraph>(verifier, 2)
            && verifyString(verifier, 3) && verifyTables<Buffer>(verifier, 4) && verifier.EndTable();
    }
};

/// Names by number; empty for numbers that are newer than this program.
[[nodiscard]] std::string_view tensorTypeName(std::int8_t type);
[[nodiscard]] std::string_view operatorName(std::int32_t builtinCode);

inline constexpr std::int32_t customOperator = 32;

} // namespace romsmith::inspect::schema
