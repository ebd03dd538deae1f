// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates.h"

#include "ui/romtreemodel.h"
#include "ui/text.h"

#include <QAbstractProxyModel>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QToolTip>

namespace romsmith::ui {
namespace {

constexpr auto reasonProperty = "romsmithReason";
constexpr auto initialProperty = "romsmithInitial";
constexpr int foundChoice = -1; // among alignments: what the image was found with

QModelIndex sourceIndex(QModelIndex index)
{
    while (const auto* proxy = qobject_cast<const QAbstractProxyModel*>(index.model())) {
        index = proxy->mapToSource(index);
    }
    return index;
}

/// Why @p name cannot be given to the node at @p index; empty if it can.
QString whyNot(const QModelIndex& index, const QString& name)
{
    const auto source = sourceIndex(index);
    const auto* model = qobject_cast<const RomTreeModel*>(source.model());
    if (!model) {
        return {};
    }
    const auto& node = model->nodeAt(source);
    const auto allowed = tree::checkNewName(*node.parent(), name.toStdString(), &node);
    return allowed ? QString() : text(allowed.error().message);
}

/// Which alignment is chosen at @p index: 0 by the rules.
QVariant currentChoice(const QModelIndex& index)
{
    return index.data(RomTreeModel::FoundAlignmentRole).isValid() ? foundChoice : index.data(Qt::EditRole);
}

void showReason(QLineEdit& editor, const QString& reason)
{
    editor.setProperty(reasonProperty, reason);
    auto palette = QApplication::palette(&editor);
    if (!reason.isEmpty()) {
        palette.setColor(QPalette::Text, QColor(0xda, 0x44, 0x53));
        QToolTip::showText(editor.mapToGlobal(QPoint(0, editor.height())), reason, &editor);
    } else {
        QToolTip::hideText();
    }
    editor.setPalette(palette);
}

} // namespace

QWidget* NameDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    auto* editor = new QLineEdit(parent);
    editor->setFrame(false);
    editor->setAccessibleName(tr("Name"));
    connect(editor, &QLineEdit::textEdited, editor,
            [editor, index = QPersistentModelIndex(index)](const QString& name) {
                showReason(*editor, whyNot(index, name));
            });
    return editor;
}

void NameDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto& line = *static_cast<QLineEdit*>(editor);
    const auto name = index.data(Qt::EditRole).toString();
    line.setText(name);
    const auto dot = name.lastIndexOf(QLatin1Char('.'));
    // The view selects everything after this; the stem is what is renamed as a rule.
    QMetaObject::invokeMethod(
        &line, [&line, dot] { dot > 0 ? line.setSelection(0, static_cast<int>(dot)) : line.selectAll(); },
        Qt::QueuedConnection);
}

bool NameDelegate::eventFilter(QObject* editor, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        auto* line = qobject_cast<QLineEdit*>(editor);
        const auto reason = line ? line->property(reasonProperty).toString() : QString();
        if ((key == Qt::Key_Return || key == Qt::Key_Enter) && !reason.isEmpty()) {
            showReason(*line, reason); // stay in the editor, say it again
            return true;
        }
    }
    return QStyledItemDelegate::eventFilter(editor, event);
}

QWidget* AlignmentDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(tr("Wanted alignment"));
    if (const auto found = index.data(RomTreeModel::FoundAlignmentRole); found.isValid()) {
        combo->addItem(tr("Found: %1").arg(found.toUInt()), foundChoice);
    }
    combo->addItem(tr("By the rules"), 0);
    for (const auto alignment : alignmentChoices()) {
        combo->addItem(QString::number(alignment), alignment);
    }
    combo->setMinimumWidth(combo->sizeHint().width());
    QMetaObject::invokeMethod(combo, &QComboBox::showPopup, Qt::QueuedConnection);
    connect(combo, &QComboBox::activated, this, [this, combo] {
        auto* self = const_cast<AlignmentDelegate*>(this);
        Q_EMIT self->commitData(combo);
        Q_EMIT self->closeEditor(combo);
    });
    return combo;
}

void AlignmentDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto& combo = *static_cast<QComboBox*>(editor);
    combo.setCurrentIndex(std::max(combo.findData(currentChoice(index)), 0));
}

void AlignmentDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    const auto chosen = static_cast<QComboBox*>(editor)->currentData();
    if (chosen != currentChoice(index)) {
        model->setData(index, chosen, Qt::EditRole);
    }
}

QWidget* TypedDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    auto* editor = new QLineEdit(parent);
    editor->setFrame(false);
    editor->setAccessibleName(index.model()->headerData(index.column(), Qt::Horizontal).toString());
    editor->setProperty(initialProperty, index.data(Qt::EditRole));
    connect(editor, &QLineEdit::textEdited, this,
            [this, editor] { Q_EMIT const_cast<TypedDelegate*>(this)->commitData(editor); });
    return editor;
}

void TypedDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    // What was just handed over must not come back: it would move the cursor.
    if (auto& line = *static_cast<QLineEdit*>(editor); line.text() != index.data(Qt::EditRole).toString()) {
        line.setText(index.data(Qt::EditRole).toString());
    }
}

bool TypedDelegate::eventFilter(QObject* editor, QEvent* event)
{
    auto* line = qobject_cast<QLineEdit*>(editor);
    if (line && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        line->setText(line->property(initialProperty).toString());
        Q_EMIT commitData(line);
    }
    return QStyledItemDelegate::eventFilter(editor, event);
}

void NoteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    auto whole = option; // or the selection would have a gap
    initStyleOption(&whole, index);
    const auto* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &whole, painter, option.widget);
    auto moved = option;
    moved.rect.setLeft(option.rect.left() + option.fontMetrics.averageCharWidth());
    QStyledItemDelegate::paint(painter, moved, index);
}

void ButtonDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    auto background = option;
    initStyleOption(&background, index);
    background.text.clear();
    auto* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);
    const auto label = index.data().toString();
    if (label.isEmpty()) {
        return;
    }
    QStyleOptionButton button;
    button.rect = option.rect.adjusted(2, 1, -2, -1);
    button.text = label;
    button.state = QStyle::State_Enabled | QStyle::State_Raised;
    button.palette = option.palette;
    style->drawControl(QStyle::CE_PushButton, &button, painter, option.widget);
}

QSize ButtonDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index) + QSize(24, 6);
}

QList<uint> alignmentChoices()
{
    return {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
}

} // namespace romsmith::ui
