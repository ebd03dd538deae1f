// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/capacitybar.h"

#include "ui/facts.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace romsmith::ui {

/// The bar itself.
class CapacityBar::Strip final : public QWidget
{
public:
    explicit Strip(CapacityBar& bar)
        : QWidget(&bar)
        , m_bar(bar)
    {
        setMinimumSize(120, fontMetrics().height());
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const auto& figures = m_bar.m_figures;
        const auto shown
            = std::max({figures.total, m_bar.m_preview.value_or(0), figures.capacity.value_or(0), std::uint64_t{1}});
        const auto x = [&](std::uint64_t bytes) {
            return static_cast<int>(static_cast<double>(bytes) / static_cast<double>(shown) * (width() - 2)) + 1;
        };
        QPainter painter(this);
        const auto frame = rect().adjusted(0, 0, -1, -1);
        painter.fillRect(frame, palette().base());
        const auto segment = [&](std::uint64_t from, std::uint64_t to, const QBrush& brush) {
            if (to > from) {
                painter.fillRect(QRect(x(from), 1, std::max(x(to) - x(from), 1), height() - 2), brush);
            }
        };
        const auto content = figures.total - figures.padding;
        segment(0, content, palette().highlight());
        segment(content, figures.total, QBrush(palette().highlight().color(), Qt::Dense4Pattern));
        if (m_bar.m_preview && *m_bar.m_preview > figures.total) {
            segment(figures.total, *m_bar.m_preview,
                    QBrush(palette().color(QPalette::Highlight).lighter(130), Qt::BDiagPattern));
        }
        if (figures.capacity && shown > *figures.capacity) {
            segment(*figures.capacity, shown, QBrush(QColor(0xda, 0x44, 0x53), Qt::DiagCrossPattern));
            painter.fillRect(QRect(x(*figures.capacity) - 1, 0, 3, height()), palette().windowText());
        }
        painter.setPen(palette().color(QPalette::Mid));
        painter.drawRect(frame);
    }

private:
    CapacityBar& m_bar;
};

CapacityBar::CapacityBar(QWidget* parent)
    : QWidget(parent)
    , m_strip(new Strip(*this))
    , m_warning(new QLabel(this))
    , m_label(new QLabel(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_strip, 1000); // all that the stretch would take
    m_warning->hide();
    layout->addWidget(m_warning);
    layout->addWidget(m_label);
    layout->addStretch();
    m_strip->setAccessibleName(tr("Size of the image"));
    setToolTip(tr("Solid: content; dotted: padding that aligns content; empty: free"));
    refresh();
}

void CapacityBar::setFigures(const Figures& figures)
{
    if (m_figures != figures) {
        m_figures = figures;
        refresh();
    }
}

void CapacityBar::setPreview(std::optional<std::uint64_t> total)
{
    if (m_preview != total) {
        m_preview = total;
        refresh();
    }
}

QString CapacityBar::text() const
{
    return m_label->text();
}

void CapacityBar::refresh()
{
    const auto size = roundSize(m_figures.total);
    const auto padding = byteCount(m_figures.padding);
    const auto total = m_preview.value_or(m_figures.total);
    QString text;
    if (!m_figures.capacity) {
        text = tr("%1 · %2 of padding").arg(size, padding);
    } else if (total > *m_figures.capacity) {
        text = m_preview ? tr("%1 bytes too large after this drop").arg(exactSize(total - *m_figures.capacity))
                         : tr("%1 bytes too large: %2 of %3")
                               .arg(exactSize(total - *m_figures.capacity), size, roundSize(*m_figures.capacity));
    } else if (m_preview) {
        text = tr("%1 after this drop, of %2").arg(roundSize(total), roundSize(*m_figures.capacity));
    } else {
        text = tr("%1 of %2 · %3 of padding · %4 free")
                   .arg(size, roundSize(*m_figures.capacity), padding, roundSize(*m_figures.capacity - total));
    }
    m_label->setText(text);
    const bool isTooLarge = m_figures.capacity && total > *m_figures.capacity;
    if (m_warning->isHidden() == isTooLarge) {
        const auto iconSize = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
        m_warning->setPixmap(isTooLarge ? iconFor(romfs::Severity::Error).pixmap(iconSize, iconSize) : QPixmap());
        m_warning->setVisible(isTooLarge);
    }
    m_strip->setVisible(m_figures.capacity.has_value()); // without a limit there is nothing to be full of
    m_strip->setAccessibleDescription(text);
    m_strip->update();
}

} // namespace romsmith::ui
