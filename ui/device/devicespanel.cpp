// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicespanel.h"

#include "ui/device/devicelist.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>
#include <array>

namespace romsmith::ui {
namespace {

constexpr int margin = 4;

QLabel* wrappedLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

bool hasUdevRules()
{
    static constexpr std::array folders{"/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d",
                                        "/run/udev/rules.d"};
    return std::ranges::any_of(folders, [](const char* folder) {
        return QFileInfo::exists(QString::fromLatin1(folder) % QStringLiteral("/70-romsmith.rules"));
    });
}

QPushButton* commandButton(QWidget* parent)
{
    auto* button = new QPushButton(DevicesPanel::tr("Copy the &Command"), parent);
    button->setToolTip(DevicesPanel::permissionCommand());
    QObject::connect(button, &QPushButton::clicked, button,
                     [] { QGuiApplication::clipboard()->setText(DevicesPanel::permissionCommand()); });
    return button;
}

} // namespace

DevicesPanel::DevicesPanel(DeviceList& list, QWidget* parent)
    : QWidget(parent)
    , m_list(list)
    , m_pages(new QStackedWidget(this))
    , m_view(new QTreeView(this))
    , m_emptyText(wrappedLabel({}, this))
    , m_emptyButton(new QToolButton(this))
    , m_emptyCommand(commandButton(this))
    , m_error(new QFrame(this))
    , m_errorText(wrappedLabel({}, m_error))
    , m_copyCommand(commandButton(m_error))
    , m_work(new QWidget(this))
    , m_workTitle(wrappedLabel({}, m_work))
    , m_workBar(new QProgressBar(m_work))
    , m_buttons(new QWidget(this))
{
    // Before the view hears of it, who takes another row for the current one.
    const auto begin = [this] { m_isChanging = true; };
    connect(&m_list, &QAbstractItemModel::rowsAboutToBeInserted, this, begin);
    connect(&m_list, &QAbstractItemModel::rowsAboutToBeRemoved, this, begin);
    build();
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &DevicesPanel::currentChanged);
    const auto end = [this] {
        m_isChanging = false;
        showPage();
    };
    connect(&m_list, &QAbstractItemModel::rowsInserted, this, end);
    connect(&m_list, &QAbstractItemModel::rowsRemoved, this, end);
    connect(&m_list, &DeviceList::appeared, this, [this](const QString& key) { m_view->expand(m_list.indexOf(key)); });
    showPage();
}

void DevicesPanel::build()
{
    m_view->setModel(&m_list);
    m_view->setAccessibleName(tr("Devices"));
    m_view->setUniformRowHeights(true);
    m_view->setTabKeyNavigation(false);
    m_view->setHeaderHidden(true);
    constexpr int indentation = 12; // the dock is narrow
    m_view->setIndentation(indentation);
    m_view->header()->setSectionResizeMode(DeviceList::Name, QHeaderView::ResizeToContents);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, &DevicesPanel::showMenu);
    auto* copy = new QAction(tr("Copy"), m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &DevicesPanel::copyRows);
    m_view->addAction(copy);

    m_pages->addWidget(makeEmptyPage());
    m_pages->addWidget(m_view);
    makeError();
    auto* buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_error);
    layout->addWidget(makeWorkRow());
    layout->addWidget(m_buttons);
    setFocusProxy(m_view);
}

QWidget* DevicesPanel::makeEmptyPage()
{
    auto* page = new QWidget;
    auto* picture = new QLabel(page);
    constexpr int pictureSize = 40;
    picture->setPixmap(icon(QStringLiteral("chip")).pixmap(pictureSize, pictureSize));
    const auto words = tr("No cam is connected.\n\nPlug an OpenMV Cam, or another board with MicroPython, into USB. It "
                          "appears here within a second.");
    m_emptyText->setText(words);
    m_emptyText->setAlignment(Qt::AlignHCenter);
    auto* rules = wrappedLabel(tr("Romsmith's rules for udev are not installed. Without them you may not be allowed to "
                                  "open a cam; a command installs them once."),
                               page);
    rules->setAlignment(Qt::AlignHCenter);
    rules->setVisible(!hasUdevRules());
    m_emptyCommand->setVisible(!hasUdevRules());
    m_emptyButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_emptyButton->setFocusPolicy(Qt::TabFocus);
    m_emptyButton->hide();
    auto* layout = new QVBoxLayout(page);
    layout->addStretch();
    layout->addWidget(picture, 0, Qt::AlignHCenter);
    layout->addWidget(m_emptyText);
    layout->addWidget(m_emptyButton, 0, Qt::AlignHCenter);
    layout->addWidget(rules);
    layout->addWidget(m_emptyCommand, 0, Qt::AlignHCenter);
    layout->addStretch();
    auto* area = new QScrollArea(m_pages); // the text is long for a low dock
    area->setWidget(page);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    return area;
}

QWidget* DevicesPanel::makeWorkRow()
{
    auto* cancel = new QToolButton(m_work);
    cancel->setText(tr("Cancel"));
    cancel->setFocusPolicy(Qt::TabFocus);
    connect(cancel, &QToolButton::clicked, this, &DevicesPanel::cancelRequested);
    m_workBar->setAccessibleName(tr("Progress"));
    m_workBar->setTextVisible(false);
    auto* row = new QHBoxLayout;
    row->addWidget(m_workBar, 1);
    row->addWidget(cancel);
    auto* layout = new QVBoxLayout(m_work);
    layout->setContentsMargins(margin, 0, margin, 0);
    layout->addWidget(m_workTitle);
    layout->addLayout(row);
    m_work->hide();
    return m_work;
}

void DevicesPanel::makeError()
{
    m_error->setFrameShape(QFrame::StyledPanel);
    m_error->setAutoFillBackground(true);
    m_error->setBackgroundRole(QPalette::AlternateBase);
    m_errorText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* picture = new QLabel(m_error);
    constexpr int pictureSize = 16;
    picture->setPixmap(icon(QStringLiteral("error")).pixmap(pictureSize, pictureSize));
    auto* dismiss = new QPushButton(tr("Dismiss"), m_error);
    connect(dismiss, &QPushButton::clicked, this, &DevicesPanel::clearError);
    auto* top = new QHBoxLayout;
    top->addWidget(picture, 0, Qt::AlignTop);
    top->addWidget(m_errorText, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_copyCommand);
    buttons->addWidget(dismiss);
    auto* layout = new QVBoxLayout(m_error);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addLayout(top);
    layout->addLayout(buttons);
    m_error->hide();
}

void DevicesPanel::setActions(const QList<QAction*>& inFront, QMenu& all)
{
    m_menu = &all;
    auto* layout = static_cast<QHBoxLayout*>(m_buttons->layout());
    const auto add = [&] {
        auto* button = new QToolButton(m_buttons);
        button->setFocusPolicy(Qt::TabFocus);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        layout->addWidget(button);
        return button;
    };
    for (auto* action : inFront) {
        add()->setDefaultAction(action);
    }
    auto* more = add();
    more->setText(tr("More"));
    more->setMenu(&all);
    more->setPopupMode(QToolButton::InstantPopup);
    layout->addStretch();
}

QSize DevicesPanel::minimumSizeHint() const
{
    return QWidget::minimumSizeHint().expandedTo({m_buttons->sizeHint().width(), 0});
}

void DevicesPanel::setEmptyAction(QAction& action)
{
    m_emptyButton->setDefaultAction(&action);
    m_emptyButton->show();
}

QString DevicesPanel::selected() const
{
    const auto* device = m_list.deviceAt(m_view->currentIndex());
    return device ? device->key() : QString();
}

std::optional<std::uint32_t> DevicesPanel::selectedPartition() const
{
    return m_list.partitionAt(m_view->currentIndex());
}

const device::DfuStretch* DevicesPanel::selectedPart() const
{
    return m_list.partAt(m_view->currentIndex());
}

void DevicesPanel::select(const QString& key)
{
    // A row can be the current one without being selected: that of the focus.
    if (selected() == key && (key.isEmpty() || m_view->selectionModel()->hasSelection())) {
        return;
    }
    m_isChanging = true;
    m_view->setCurrentIndex(m_list.indexOf(key));
    m_isChanging = false;
    Q_EMIT selectionChanged();
}

void DevicesPanel::currentChanged()
{
    if (m_isChanging) {
        return;
    }
    if (const auto key = selected(); !key.isEmpty()) {
        Q_EMIT chosen(key);
    }
    Q_EMIT selectionChanged();
}

void DevicesPanel::showPage()
{
    const bool isEmpty = m_list.devices().empty();
    m_pages->setCurrentIndex(isEmpty ? 0 : 1);
    m_buttons->setVisible(!isEmpty);
    setFocusProxy(isEmpty ? static_cast<QWidget*>(m_emptyButton) : m_view);
}

void DevicesPanel::showMenu(const QPoint& position)
{
    if (m_menu) {
        m_menu->popup(m_view->viewport()->mapToGlobal(position));
    }
}

void DevicesPanel::copyRows() const
{
    const auto index = m_view->currentIndex();
    const auto value = index.siblingAtColumn(DeviceList::Value).data().toString();
    QGuiApplication::clipboard()->setText(value.isEmpty() ? index.siblingAtColumn(DeviceList::Name).data().toString()
                                                          : value);
}

void DevicesPanel::showWork(const QString& title)
{
    m_workTitle->setText(title);
    m_workBar->setRange(0, 0);
    m_work->setVisible(!title.isEmpty());
}

void DevicesPanel::showProgress(const device::Progress& progress)
{
    constexpr int steps = 1000;
    if (progress.total > 0) {
        m_workBar->setRange(0, steps);
        m_workBar->setValue(
            static_cast<int>(static_cast<double>(progress.done) / static_cast<double>(progress.total) * steps));
    }
}

void DevicesPanel::showError(const Error& error)
{
    m_errorText->setText(text(error.message));
    m_error->setAccessibleName(text(error.message));
    m_copyCommand->setVisible(error.code == ErrorCode::AccessDenied);
    m_error->show();
}

void DevicesPanel::clearError()
{
    m_error->hide();
    m_errorText->clear();
}

QString DevicesPanel::errorText() const
{
    return m_errorText->text();
}

QString DevicesPanel::emptyText() const
{
    return m_emptyText->text();
}

QString DevicesPanel::permissionCommand()
{
    const QFileInfo beside(QCoreApplication::applicationDirPath() % QStringLiteral("/romsmith-cli"));
    const auto program = beside.isExecutable() ? beside.absoluteFilePath() : QStringLiteral("romsmith-cli");
    return QStringLiteral("'%1' boards --udev | sudo tee /etc/udev/rules.d/70-romsmith.rules && sudo udevadm control "
                          "--reload && sudo udevadm trigger")
        .arg(program);
}

} // namespace romsmith::ui
