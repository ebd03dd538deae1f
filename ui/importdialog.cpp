// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/importdialog.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace romsmith::ui {
namespace {

enum Column : std::uint8_t { Name, Size, What };

constexpr int mostListed = 5000; ///< nobody reads more

bool isWrapped(const sources::LoadedArchive& archive)
{
    return archive.mayStripTop && archive.nodes.size() == 1 && archive.nodes.front()->isFolder();
}

} // namespace

ImportDialog::ImportDialog(const QString& name, const sources::LoadedArchive& archive, const tree::Node& into,
                           QWidget* parent)
    : QDialog(parent)
    , m_archive(archive)
    , m_into(into)
    , m_list(new QTreeWidget(this))
    , m_summary(new QLabel(this))
    , m_stripTop(new QCheckBox(this))
    , m_policyLabel(new QLabel(tr("Names that are &taken:"), this))
    , m_policies(new QComboBox(this))
    , m_addContent(new QPushButton(tr("&Add Content"), this))
    , m_addAsFile(new QPushButton(tr("Add as a &File"), this))
{
    setWindowTitle(tr("Import %1").arg(name));
    build(name);
    refresh();
    resize(720, 520);
}

void ImportDialog::build(const QString& name)
{
    m_list->setHeaderLabels({tr("Name"), tr("Size"), tr("What happens")});
    m_list->setAccessibleName(tr("Content of the archive"));
    m_list->setUniformRowHeights(true);
    m_list->header()->resizeSection(Name, 300);
    m_summary->setWordWrap(true);
    m_policies->addItem(tr("Replace"), QVariant::fromValue(static_cast<int>(tree::ClashPolicy::Replace)));
    m_policies->addItem(tr("Keep both"), QVariant::fromValue(static_cast<int>(tree::ClashPolicy::KeepBoth)));
    m_policies->addItem(tr("Skip"), QVariant::fromValue(static_cast<int>(tree::ClashPolicy::Skip)));
    m_policyLabel->setBuddy(m_policies);
    if (isWrapped(m_archive)) {
        m_stripTop->setText(tr("&Without the folder \"%1\" around it").arg(shownName(m_archive.nodes.front()->name())));
        m_stripTop->setChecked(true);
    }
    m_stripTop->setVisible(isWrapped(m_archive));
    connect(m_stripTop, &QCheckBox::toggled, this, &ImportDialog::refresh);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_addContent, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_addAsFile, QDialogButtonBox::AcceptRole);
    m_addContent->setDefault(true);
    m_addAsFile->setToolTip(tr("%1 itself becomes one file of the image").arg(name));
    connect(m_addContent, &QPushButton::clicked, this, [this] { m_way = ArchiveAnswer::Way::AddContent; });
    connect(m_addAsFile, &QPushButton::clicked, this, [this] { m_way = ArchiveAnswer::Way::AddAsFile; });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* options = new QHBoxLayout;
    options->addWidget(m_stripTop);
    options->addStretch();
    options->addWidget(m_policyLabel);
    options->addWidget(m_policies);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_summary);
    layout->addLayout(options);
    layout->addWidget(buttons);
}

void ImportDialog::refresh()
{
    m_list->clear();
    Counts counts;
    const auto top = std::span(m_archive.nodes);
    const auto nodes = m_stripTop->isChecked() ? top.front()->children() : top;
    for (const auto& node : nodes) {
        listNode(*node, m_into.child(node->name()), nullptr, counts);
    }
    if (const auto more = counts.added + counts.replaced + counts.same - counts.listed; more > 0) {
        new QTreeWidgetItem(m_list, {tr("and %1 more").arg(exactSize(static_cast<std::uint64_t>(more)))});
    }
    listSkipped(tr("Left out"), m_archive.skipped);
    listSkipped(tr("Worth a look"), m_archive.remarks);
    const auto count = [](int number) { return exactSize(static_cast<std::uint64_t>(number)); };
    m_summary->setText(tr("%1 new, %2 replaced, %3 the same as before, %4 left out; %5 bytes. One step, which can be "
                          "undone.")
                           .arg(count(counts.added), count(counts.replaced), count(counts.same),
                                exactSize(m_archive.skipped.size()), exactSize(counts.bytes)));
    m_policyLabel->setVisible(counts.replaced > 0);
    m_policies->setVisible(counts.replaced > 0);
    m_addContent->setEnabled(counts.added + counts.replaced > 0);
}

void ImportDialog::listNode(const tree::Node& node, const tree::Node* there, QTreeWidgetItem* parent, Counts& counts)
{
    const bool bothFolders = there && there->isFolder() && node.isFolder();
    const bool isSame = there && there->isFile() && node.isFile() && romfs::sameBytes(there->content(), node.content());
    QTreeWidgetItem* item = nullptr;
    if (counts.listed < mostListed) {
        ++counts.listed;
        item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_list);
        item->setText(Name, shownName(node.name()));
        item->setIcon(Name, iconFor(node));
        item->setTextAlignment(Size, Qt::AlignRight | Qt::AlignVCenter);
        item->setText(Size, node.isFolder() ? QString() : exactSize(node.content().size()));
        item->setText(What,
                      isSame            ? tr("The same is there")
                          : bothFolders ? tr("Added to the folder")
                          : there && node.isFile() && there->isFile()
                          ? tr("Replaces %1 bytes").arg(exactSize(there->content().size()))
                          : there ? tr("Replaces what is there")
                                  : tr("New"));
    }
    if (isSame) {
        ++counts.same;
    } else if (!bothFolders) {
        ++(there ? counts.replaced : counts.added);
        counts.bytes += node.content().size();
    }
    for (const auto& child : node.children()) {
        listNode(*child, bothFolders ? there->child(child->name()) : nullptr, item, counts);
    }
    if (item && !parent) {
        item->setExpanded(true);
    }
}

void ImportDialog::listSkipped(const QString& title, const std::vector<sources::Skipped>& skipped)
{
    if (skipped.empty()) {
        return;
    }
    auto* group = new QTreeWidgetItem(m_list, {QStringLiteral("%1 (%2)").arg(title, exactSize(skipped.size()))});
    group->setIcon(Name, iconFor(romfs::Severity::Warning));
    for (const auto& [path, reason] : std::span(skipped).first(std::min<std::size_t>(skipped.size(), mostListed))) {
        new QTreeWidgetItem(group, {shownName(path.string()), QString(), text(reason)});
    }
    group->setExpanded(true);
}

ArchiveAnswer ImportDialog::answer() const
{
    if (result() != Accepted) {
        return {};
    }
    return {.way = m_way,
            .stripTop = m_stripTop->isChecked(),
            .policy = static_cast<tree::ClashPolicy>(m_policies->currentData().toInt())};
}

std::vector<std::unique_ptr<tree::Node>> takeNodes(sources::LoadedArchive& archive, bool stripTop)
{
    auto nodes = std::move(archive.nodes);
    return stripTop && nodes.size() == 1 && nodes.front()->isFolder() ? nodes.front()->takeChildren()
                                                                      : std::move(nodes);
}

} // namespace romsmith::ui
