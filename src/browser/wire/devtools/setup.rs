//! New targets: everything a page or a frame of its own process needs before its first script,
//! sent in one write while it waits; then its events, to those who keep track of them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::context::ContextInner;
use super::frames::{WORLD, text};
use super::page::{Gone, PageInner, viewport_metrics};
use super::session::Session;
use crate::browser::wire::origin::is_same_site;
use crate::browser::wire::socket::{Answer, Listener};

impl PageInner {
    /// Sets a new page up. `ready` in its state tells when it is done.
    pub(super) fn set_up(self: &Arc<Self>, context: &Arc<ContextInner>) {
        let session = &self.session;
        let (width, height) = context.setup.options.viewport;
        self.listen(session);
        let mut answers = prepare(session, context);
        answers.push(session.send("Emulation.setDeviceMetricsOverride", &viewport_metrics(width, height)));
        // Every page behaves as the one in front: focus events, carets, timers at full speed.
        answers.push(session.send("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true })));
        answers.push(session.send("Runtime.runIfWaitingForDebugger", &json!({})));
        let page = Arc::clone(self);
        tokio::spawn(async move {
            let mut outcome = Ok(());
            for answer in answers {
                outcome = outcome.and(answer.await.map(|_| ()));
            }
            page.update(|state| state.ready = Some(outcome));
        });
    }

    /// A frame that lives in a process of its own.
    fn adopt_frame(self: &Arc<Self>, params: &Value) {
        let session = Session::new(self.session.socket().clone(), params["sessionId"].as_str().unwrap_or_default());
        self.listen(&session);
        // Nobody asks how that went: a frame may be gone before it is set up.
        if let Some(context) = self.context.upgrade() {
            drop(prepare(&session, &context));
        }
        if self.read(|state| state.stand_in.is_some()) {
            session.post("Fetch.enable", &json!({ "patterns": [{ "urlPattern": "*" }] }));
        }
        session.post("Runtime.runIfWaitingForDebugger", &json!({}));
    }

    fn listen(self: &Arc<Self>, session: &Session) {
        let listener = PageListener { page: Arc::clone(self), session: session.clone() };
        session.socket().listen(session.id(), Arc::new(listener));
    }

    fn frame_navigated(&self, params: &Value) {
        let frame = &params["frame"];
        let (origin, top) =
            self.update(|state| (state.frames.navigated(frame, &self.target), state.frames.origin(&self.target)));
        if frame["id"] == self.target.as_str() && self.update(|state| std::mem::take(&mut state.keeps_tree)) {
            self.session.post("Accessibility.disable", &json!({}));
        }
        let (Some(origin), Some(context)) = (origin, self.context.upgrade()) else { return };
        let top = top.filter(|top| frame["id"] != self.target.as_str() && !is_same_site(&origin, top));
        context.note_visit(origin, top);
    }
}

/// What every document needs, in a page or in a frame of its own process.
fn prepare(session: &Session, context: &ContextInner) -> Vec<Answer> {
    let library = json!({ "source": context.setup.library, "worldName": WORLD, "runImmediately": true });
    let attach = json!({
        "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
        "filter": [{ "type": "iframe" }, { "exclude": true }],
    });
    let answers = vec![
        session.send("Page.enable", &json!({})),
        session.send("Runtime.enable", &json!({})),
        session.send("Page.addScriptToEvaluateOnNewDocument", &library),
        session.send("Target.setAutoAttach", &attach),
    ];
    context.seeds.install(session);
    answers
}

struct PageListener {
    page: Arc<PageInner>,
    session: Session,
}

impl PageListener {
    fn is_of_page(&self) -> bool {
        self.session.id() == self.page.session.id()
    }

    fn observe_navigation(&self, method: &str, params: &Value) {
        let frame = params["frameId"].as_str().or_else(|| params["frame"]["id"].as_str());
        if self.is_of_page() && frame.is_none_or(|frame| frame == self.page.target) {
            self.page.update(|state| state.navigation.observe(method, params));
        }
    }
}

impl Listener for PageListener {
    fn event(&self, method: &str, params: Value) {
        let page = &self.page;
        match method {
            "Page.frameAttached" => page.update(|state| state.frames.attached(&params)),
            "Page.frameDetached" => page.update(|state| state.frames.detached(&params)),
            "Page.frameNavigated" => {
                page.frame_navigated(&params);
                self.observe_navigation(method, &params);
            }
            "Runtime.executionContextCreated" => {
                page.update(|state| state.frames.context_created(&params["context"], &self.session));
            }
            "Runtime.executionContextDestroyed" => {
                let id = text(&params["executionContextUniqueId"]);
                page.update(|state| state.frames.context_destroyed(&id));
            }
            "Runtime.executionContextsCleared" => {
                page.update(|state| state.frames.contexts_cleared(&self.session));
            }
            "Runtime.exceptionThrown" => page.note_exception(&params),
            "Page.javascriptDialogOpening" => page.dialog_opened(&params),
            "Page.javascriptDialogClosed" => page.update(|state| state.has_dialog = false),
            "Fetch.requestPaused" => page.answer_request(&self.session, &params),
            "Debugger.paused" => {
                if let Some(context) = page.context.upgrade() {
                    context.seeds.paused(&self.session, &params);
                } else {
                    self.session.post("Debugger.resume", &json!({}));
                }
            }
            "Target.attachedToTarget" => page.adopt_frame(&params),
            "Target.detachedFromTarget" => {
                page.session.socket().end_session(params["sessionId"].as_str().unwrap_or_default());
            }
            "Inspector.targetCrashed" if self.is_of_page() => page.update(|state| {
                state.gone = Some(Gone::Crashed);
                state.has_dialog = false;
            }),
            _ if method.starts_with("Page.") => self.observe_navigation(method, &params),
            _ => {}
        }
    }

    fn ended(&self) {
        self.page.update(|state| {
            state.frames.contexts_cleared(&self.session);
            if self.is_of_page() {
                state.gone.get_or_insert(Gone::Closed);
                state.has_dialog = false;
            }
        });
        if let Some(context) = self.page.context.upgrade() {
            context.seeds.forget(&self.session);
            if self.is_of_page() {
                context.remove_page(&self.page.target);
            }
        }
    }
}
