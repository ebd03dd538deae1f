// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"
#include "ui/mapsegments.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QToolButton;

namespace romsmith::ui {

class MapLegend;
class MapStrip;

/// What is where in the planned image: a strip of bytes with a legend, and a line about what is pointed at.
class ImageMap final : public QWidget
{
    Q_OBJECT

public:
    explicit ImageMap(QWidget* parent = nullptr);

    void setDocument(Document* document); ///< may be null

    /// Frames what is selected elsewhere; null for nothing. Emits nothing.
    void highlight(const tree::Node* node);

    [[nodiscard]] QString summary() const; ///< "12 files, 412 KiB of content, 310 bytes of padding, 23.6 MiB free"
    [[nodiscard]] QString statusText() const;
    [[nodiscard]] MapStrip& strip() { return *m_strip; }

Q_SIGNALS:
    /// The user chose a record on the map.
    void nodeActivated(const romsmith::tree::Node& node);

private:
    void build();
    QToolButton* addButton(const QString& text, const QString& name, void (MapStrip::*run)());
    void reload();
    void setCurrent(std::uint32_t entry);
    void updateLegend();
    void updateStatus(std::optional<std::size_t> hovered = {});
    void updateButtons();
    void announce(std::uint32_t entry);
    [[nodiscard]] QString describe(std::size_t segment, const QString& separator) const;
    [[nodiscard]] QString describeEntry(std::uint32_t entry) const;
    [[nodiscard]] QString nameOf(std::uint32_t entry) const;

    QPointer<Document> m_document;
    const tree::Node* m_current = nullptr; ///< in the document; entries get other numbers with every edit
    MapStrip* m_strip;
    MapLegend* m_legend;
    QLabel* m_status;
    QToolButton* m_zoomOut = nullptr;
    QToolButton* m_zoomToFit = nullptr;
    QToolButton* m_zoomIn = nullptr;
};

} // namespace romsmith::ui
