// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/firmwaretree.h"

#include <QDialog>

#include <map>

class QLabel;
class QLineEdit;
class QPushButton;

namespace romsmith::ui {

/// What is to be done with a firmware manifest.
struct ManifestAnswer
{
    enum class Way : std::uint8_t { Run, AddAsFile, Nothing };

    Way way = Way::Nothing;
    sources::FirmwareFolders folders = {};
};

/// What is known before a manifest runs.
struct ManifestQuestion
{
    QString name; ///< of the file
    bool hasSandbox = false;
    sources::FirmwareFolders folders = {}; ///< as the tree around it tells
};

/// Asks before a manifest, which is a program of somebody else's, runs, and for the folders that it speaks of.
class ManifestDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit ManifestDialog(const ManifestQuestion& question, QWidget* parent = nullptr);

    [[nodiscard]] ManifestAnswer answer() const;

    [[nodiscard]] QLabel& text() const { return *m_text; }
    [[nodiscard]] QLineEdit& folder(const std::string& name) const { return *m_folders.at(name); }
    [[nodiscard]] QPushButton& run() const { return *m_run; }
    [[nodiscard]] QPushButton& addAsFile() const { return *m_addAsFile; }

private:
    QLabel* m_text;
    std::map<std::string, QLineEdit*> m_folders;
    QPushButton* m_run;
    QPushButton* m_addAsFile;
    ManifestAnswer::Way m_way = ManifestAnswer::Way::Nothing;
};

} // namespace romsmith::ui
