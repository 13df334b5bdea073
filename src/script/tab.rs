//! [`Tab`]: an activity's context and page, opened when the first command needs them. Until then
//! it is only the state they will have, and `request` works on that, so that a spec without a
//! page never opens a browser.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use crate::browser::{Browser, BrowserInfo, Context, ContextOptions, Page, State};
use crate::clock::human_duration;
use crate::config::{Isolation, WireName};
use crate::event::RunEvent;

use super::error::Raw;
use super::world::{Call, World};

/// A wait for a browser that is longer is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// A context and its page, or the state they will have.
#[derive(Debug)]
pub(crate) enum Tab {
    /// Not opened yet.
    Unopened {
        /// What will be put into the context.
        state: State,
    },
    /// Open.
    Open {
        /// The context.
        context: Context,
        /// Its page.
        page: Page,
    },
}

impl Default for Tab {
    fn default() -> Self {
        Self::Unopened { state: State::default() }
    }
}

/// A browser for people: `chrome-headless-shell 156.0.8078.79 (devtools)`.
pub(super) fn title(info: &BrowserInfo) -> String {
    let wire = match info.wire {
        WireName::Classic => "classic",
        WireName::Bidi => "bidi",
        WireName::Devtools => "devtools",
    };
    format!("{} {} ({wire})", info.name, info.version)
}

impl World {
    /// The worker's browser, started by the first one who asks.
    pub(crate) fn browser(&self, call: &Call) -> Raw<Browser> {
        if let Some(browser) = self.browser.borrow().clone() {
            return Ok(browser);
        }
        let started = Instant::now();
        let (settings, pending) = (self.settings.browser.clone(), self.pending.clone());
        let opening = self.telling_of_waiting(async move { Browser::open_or_leave(&settings, &pending).await });
        let browser = self.wait_uncharged(call, opening)?;
        *self.browser.borrow_mut() = Some(browser.clone());
        self.events.send(RunEvent::BrowserReady {
            worker: self.worker,
            browser: title(&browser.info()),
            took: started.elapsed(),
        });
        Ok(browser)
    }

    /// Says so where a browser elsewhere lets one wait: nothing else is seen of it.
    async fn telling_of_waiting<T>(&self, opening: impl Future<Output = T>) -> T {
        let mut opening = pin!(opening);
        let Some(url) = &self.settings.browser.webdriver_url else { return opening.await };
        tokio::select! {
            biased;
            opened = opening.as_mut() => return opened,
            () = tokio::time::sleep(PATIENCE) => {}
        }
        let waited = human_duration(PATIENCE);
        let text = format!("worker {} has waited {waited} for a browser at {url}, and goes on waiting", self.worker);
        self.events.send(RunEvent::Log { test: None, text: self.redactor.redact(&text) });
        opening.await
    }

    /// Lets what was asked for and is not wanted any more come, and go.
    pub(crate) fn settle_pending(&self) {
        let unanswered = self.bridge.finish(self.pending.settle());
        if let (true, Some(url)) = (unanswered > 0, &self.settings.browser.webdriver_url) {
            self.warn(&format!(
                "{url} did not answer {unanswered} request(s) for a browser in time\n  what it still starts ends when the \
                 server finds it idle"
            ));
        }
    }

    /// The page commands act on.
    pub(crate) fn page(&self, call: &Call) -> Raw<Page> {
        Ok(self.open_tab(call)?.1)
    }

    /// The context, where it is open already.
    pub(crate) fn opened(&self) -> Option<(Context, Page)> {
        match &*self.activity()?.tab.borrow() {
            Tab::Open { context, page } => Some((context.clone(), page.clone())),
            Tab::Unopened { .. } => None,
        }
    }

    fn open_tab(&self, call: &Call) -> Raw<(Context, Page)> {
        let activity = self.activity_of(call)?;
        if let Some(open) = self.opened() {
            return Ok(open);
        }
        let browser = self.browser(call)?;
        let options =
            ContextOptions { viewport: activity.viewport.get(), navigation_timeout: self.settings.timeouts.navigation };
        let state = match &mut *activity.tab.borrow_mut() {
            Tab::Unopened { state } => std::mem::take(state),
            Tab::Open { .. } => State::default(),
        };
        let callbacks = self.bridge.callback_sender();
        let waits_for_slots = browser.waits_for_slots();
        let opening = async move { browser.open_context(&options, callbacks).await };
        let context = if waits_for_slots {
            self.wait_uncharged(call, self.telling_of_waiting(opening))?
        } else {
            self.wait(call, opening)?
        };
        let (context, page, problems) = self.wait(call, async move {
            let problems = if state.is_empty() { Vec::new() } else { context.restore(&state).await?.problems };
            let page = context.page().await?;
            Ok((context, page, problems))
        })?;
        for problem in problems {
            self.warn(&format!("{}: the page starts without a part of its session\n  {problem}", call.site));
        }
        *activity.tab.borrow_mut() = Tab::Open { context: context.clone(), page: page.clone() };
        Ok((context, page))
    }

    /// Puts `next` in the place of the activity's tab and closes the old one beside the script.
    pub(crate) fn replace_tab(&self, next: Tab) {
        let Some(activity) = self.activity() else { return };
        let old = std::mem::replace(&mut *activity.tab.borrow_mut(), next);
        self.close_tab(old);
    }

    /// Closes a tab beside the script.
    pub(crate) fn close_tab(&self, tab: Tab) {
        if let Tab::Open { context, .. } = tab {
            let closing = self.bridge.spawn(async move { context.close().await });
            let mut pending = self.closing.borrow_mut();
            pending.retain(|task| !task.is_finished());
            pending.push(closing);
        }
    }

    /// Ends the activity's tab: closed, or kept for the next test where that is what was asked.
    pub(crate) fn end_tab(&self, isolation: Isolation) {
        let Some(activity) = self.activity() else { return };
        // Accounts go back as soon as nothing of the test can use them.
        activity.used.take();
        for parked in activity.others.take() {
            self.close_tab(parked.tab);
        }
        let tab = std::mem::take(&mut *activity.tab.borrow_mut());
        match isolation {
            Isolation::Context => self.close_tab(tab),
            Isolation::None => *self.kept.borrow_mut() = Some((activity.spec.clone(), tab)),
        }
    }

    /// Closes what an earlier test kept.
    pub(crate) fn close_kept(&self) {
        if let Some((_, tab)) = self.kept.borrow_mut().take() {
            self.close_tab(tab);
        }
    }

    /// The browser is gone, or is to go: the next command starts another one.
    pub(crate) fn drop_browser(&self) {
        self.kept.borrow_mut().take();
        if let Some(browser) = self.browser.borrow_mut().take() {
            self.bridge.finish(async move { browser.close().await });
        }
        for task in self.closing.borrow_mut().drain(..) {
            task.abort();
        }
    }
}
