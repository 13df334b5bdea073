//! [`Frames`]: the frame tree of a page, and in which session and world each frame can be reached.

use std::collections::HashMap;

use serde_json::Value;

use super::session::Session;
use crate::browser::wire::origin::web_origin;

/// Name of the isolated world in which the page library lives.
pub(super) const WORLD: &str = "runner";

/// The frames of one page, by id.
#[derive(Default)]
pub(super) struct Frames {
    by_id: HashMap<String, Frame>,
}

/// One frame.
#[derive(Default)]
struct Frame {
    parent: Option<String>,
    /// Scheme, host and port; `None` where it is opaque or not of the web.
    origin: Option<String>,
    world: Option<World>,
}

/// The library's world in a document.
#[derive(Clone)]
pub(super) struct World {
    pub(super) session: Session,
    pub(super) id: String,
}

/// A document somewhere in the tree that keeps storage.
pub(super) struct LiveFrame {
    pub(super) id: String,
    pub(super) origin: String,
    pub(super) world: World,
}

impl Frames {
    /// `Page.frameAttached`.
    pub(super) fn attached(&mut self, params: &Value) {
        let frame = self.by_id.entry(text(&params["frameId"])).or_default();
        frame.parent = params["parentFrameId"].as_str().map(str::to_owned);
    }

    /// `Page.frameDetached`. One that moves to a process of its own (`swap`) stays in the tree.
    pub(super) fn detached(&mut self, params: &Value) {
        if params["reason"] == "swap" {
            return;
        }
        let mut gone = vec![text(&params["frameId"])];
        while let Some(id) = gone.pop() {
            self.by_id.remove(&id);
            gone.extend(self.by_id.iter().filter(|(_, f)| f.parent.as_ref() == Some(&id)).map(|(id, _)| id.clone()));
        }
    }

    /// `Page.frameNavigated`: its origin, where it keeps storage.
    pub(super) fn navigated(&mut self, frame: &Value, main: &str) -> Option<String> {
        let id = text(&frame["id"]);
        if id == main {
            self.by_id.retain(|id, _| id == main);
        }
        let origin = web_origin(frame["securityOrigin"].as_str().unwrap_or_default());
        let entry = self.by_id.entry(id).or_default();
        if let Some(parent) = frame["parentId"].as_str() {
            entry.parent = Some(parent.to_owned());
        }
        entry.origin.clone_from(&origin);
        origin
    }

    /// `Runtime.executionContextCreated`.
    pub(super) fn context_created(&mut self, context: &Value, session: &Session) {
        if context["name"] != WORLD {
            return;
        }
        let id = text(&context["uniqueId"]);
        let frame = self.by_id.entry(text(&context["auxData"]["frameId"])).or_default();
        frame.world = Some(World { session: session.clone(), id });
    }

    /// `Runtime.executionContextDestroyed`, or one that answered that it is gone.
    pub(super) fn context_destroyed(&mut self, id: &str) {
        for frame in self.by_id.values_mut() {
            if frame.world.as_ref().is_some_and(|world| world.id == id) {
                frame.world = None;
            }
        }
    }

    /// `Runtime.executionContextsCleared`, or the end of a session.
    pub(super) fn contexts_cleared(&mut self, session: &Session) {
        for frame in self.by_id.values_mut() {
            if frame.world.as_ref().is_some_and(|world| world.session.id() == session.id()) {
                frame.world = None;
            }
        }
    }

    /// The library's world in a frame's document, where it is there.
    pub(super) fn world(&self, frame: &str) -> Option<World> {
        self.by_id.get(frame).and_then(|frame| frame.world.clone())
    }

    /// Where a frame is.
    pub(super) fn origin(&self, frame: &str) -> Option<String> {
        self.by_id.get(frame).and_then(|frame| frame.origin.clone())
    }

    /// Every document that keeps storage and can be asked.
    pub(super) fn live(&self) -> Vec<LiveFrame> {
        let live = |(id, frame): (&String, &Frame)| {
            Some(LiveFrame { id: id.clone(), origin: frame.origin.clone()?, world: frame.world.clone()? })
        };
        self.by_id.iter().filter_map(live).collect()
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
