// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace romsmith::tree {

/// Which alignment a file's content needs, by the last suffix of its name. All alignments are powers of two.
class AlignmentRules
{
public:
    using ByExtension = std::map<std::string, std::uint32_t, std::less<>>;

    /// Extensions are lower case and without the dot.
    AlignmentRules(ByExtension byExtension, std::uint32_t otherwise)
        : m_byExtension(std::move(byExtension))
        , m_otherwise(otherwise)
    { }

    /// What OpenMV's builders use for boards without an NPU of their own: models 16, all else 4.
    [[nodiscard]] static AlignmentRules openMv() { return {{{"tflite", 16}, {"lite", 16}, {"bin", 16}}, 4}; }

    /// What MicroPython's reference writer does: nothing is aligned.
    [[nodiscard]] static AlignmentRules none() { return {{}, 1}; }

    [[nodiscard]] std::uint32_t of(std::string_view fileName) const { return ruleFor(fileName).value_or(m_otherwise); }
    [[nodiscard]] std::optional<std::uint32_t> ruleFor(std::string_view fileName) const;

    /// The largest alignment of any rule; OpenMV's builders align directories to it.
    [[nodiscard]] std::uint32_t largest() const;

    void set(std::string extension, std::uint32_t alignment)
    {
        m_byExtension.insert_or_assign(std::move(extension), alignment);
    }

    void remove(std::string_view extension)
    {
        if (const auto rule = m_byExtension.find(extension); rule != m_byExtension.end()) {
            m_byExtension.erase(rule);
        }
    }
    void setOtherwise(std::uint32_t alignment) { m_otherwise = alignment; }

    [[nodiscard]] const ByExtension& byExtension() const { return m_byExtension; }
    [[nodiscard]] std::uint32_t otherwise() const { return m_otherwise; }

    bool operator==(const AlignmentRules&) const = default;

private:
    ByExtension m_byExtension;
    std::uint32_t m_otherwise;
};

/// What an image wants otherwise than its board has it, whichever board that is.
struct RuleChanges
{
    using ByExtension = std::map<std::string, std::optional<std::uint32_t>, std::less<>>;

    ByExtension byExtension; ///< none: the board's rule for it is left out
    std::optional<std::uint32_t> otherwise;

    [[nodiscard]] static RuleChanges between(const AlignmentRules& board, const AlignmentRules& wanted);
    [[nodiscard]] AlignmentRules appliedTo(AlignmentRules rules) const;

    bool operator==(const RuleChanges&) const = default;
};

/// True for 1, 2, 4 ... romfs::maxAlignment.
[[nodiscard]] bool isValidAlignment(std::uint64_t alignment);

} // namespace romsmith::tree
