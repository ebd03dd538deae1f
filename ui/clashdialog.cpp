// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clashdialog.h"

#include "ui/facts.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace romsmith::ui {
namespace {

enum Column : std::uint8_t { Name, Present, Coming, Content };

constexpr std::size_t mostListed = 5000; // nobody reads more

QString factsOf(const tree::Node& node)
{
    if (!node.isFolder()) {
        return byteCount(node.content().size());
    }
    int inside = 0;
    tree::forEachInside(node, [&](const tree::Node&) { ++inside; });
    return ClashDialog::tr("folder with %n item(s)", nullptr, inside);
}

QString contentText(const tree::Clash& clash)
{
    if (!clash.present->isFile() || !clash.coming->isFile()) {
        return ClashDialog::tr("not both files");
    }
    return romfs::sameBytes(clash.present->content(), clash.coming->content()) ? ClashDialog::tr("the same")
                                                                               : ClashDialog::tr("different");
}

} // namespace

ClashDialog::ClashDialog(std::span<const tree::Clash> clashes, QWidget* parent)
    : QDialog(parent)
    , m_list(new QTreeWidget(this))
{
    setWindowTitle(tr("Names Are Taken"));
    build(clashes);
    fill(clashes);
}

void ClashDialog::build(std::span<const tree::Clash> clashes)
{
    auto* message = new QLabel(clashes.size() == 1
                                   ? tr("\"%1\" is there already.").arg(shownName(clashes.front().present->path()))
                                   : tr("%n name(s) are there already.", nullptr, static_cast<int>(clashes.size())),
                               this);
    message->setTextFormat(Qt::PlainText);
    message->setWordWrap(true);
    m_list->setAccessibleName(tr("Names that are taken"));
    m_list->setHeaderLabels({tr("Name"), tr("Is there"), tr("Comes"), tr("Content")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFocusPolicy(clashes.size() == 1 ? Qt::NoFocus : Qt::StrongFocus);
    constexpr std::ptrdiff_t mostSeen = 12;
    const auto rows = static_cast<int>(std::clamp(std::ssize(clashes), std::ptrdiff_t{1}, mostSeen)) + 2;
    m_list->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored); // as high as it has rows
    m_list->setMinimumSize(62 * fontMetrics().averageCharWidth(), rows * (fontMetrics().lineSpacing() + 4));

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    const auto add = [&](const QString& text, const QString& what, tree::ClashPolicy policy) {
        auto* button = buttons->addButton(text, QDialogButtonBox::AcceptRole);
        button->setToolTip(what);
        connect(button, &QPushButton::clicked, this, [this, policy] {
            m_policy = policy;
            accept();
        });
        return button;
    };
    auto* replace = add(tr("&Replace"), tr("What comes takes the place of what is there"), tree::ClashPolicy::Replace);
    add(tr("Keep &Both"), tr("What comes gets a name that is free"), tree::ClashPolicy::KeepBoth);
    add(tr("&Skip"), tr("What is there stays; all else is done"), tree::ClashPolicy::Skip);
    connect(buttons, &QDialogButtonBox::rejected, this, &ClashDialog::reject);
    replace->setDefault(true);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(message);
    layout->addWidget(m_list, 1);
    layout->addWidget(new QLabel(tr("This can be undone."), this));
    layout->addWidget(buttons);
    replace->setFocus();
}

void ClashDialog::fill(std::span<const tree::Clash> clashes)
{
    for (const auto& clash : clashes.first(std::min(clashes.size(), mostListed))) {
        auto* item = new QTreeWidgetItem(
            m_list,
            {shownName(clash.present->path()), factsOf(*clash.present), factsOf(*clash.coming), contentText(clash)});
        item->setIcon(Name, iconFor(*clash.present));
        item->setToolTip(Name, item->text(Name));
    }
    if (clashes.size() > mostListed) {
        auto* more = new QTreeWidgetItem(m_list,
                                         {tr("… and %n more", nullptr, static_cast<int>(clashes.size() - mostListed))});
        more->setFlags(Qt::ItemIsEnabled);
    }
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
    for (const auto column : {Present, Coming, Content}) {
        m_list->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    }
}

} // namespace romsmith::ui
