//! [`Frames`]: the frames of a page, and where each of them is.

use std::collections::HashMap;

use crate::browser::wire::origin::web_origin;

/// The main frame and all below it, by the ids of their browsing contexts.
#[derive(Default)]
pub(super) struct Frames {
    by_id: HashMap<String, Frame>,
}

#[derive(Default)]
struct Frame {
    parent: Option<String>,
    /// Scheme, host and port; `None` where it is opaque or not of the web.
    origin: Option<String>,
}

impl Frames {
    /// A frame was put into another.
    pub(super) fn attached(&mut self, id: &str, parent: &str) {
        self.by_id.entry(id.to_owned()).or_default().parent = Some(parent.to_owned());
    }

    /// It is gone, with all below it.
    pub(super) fn detached(&mut self, id: &str) {
        let mut gone = vec![id.to_owned()];
        while let Some(id) = gone.pop() {
            self.by_id.remove(&id);
            gone.extend(self.by_id.iter().filter(|(_, f)| f.parent.as_ref() == Some(&id)).map(|(id, _)| id.clone()));
        }
    }

    /// It has a new document: its origin, where it keeps storage.
    pub(super) fn committed(&mut self, id: &str, url: &str) -> Option<String> {
        let origin = web_origin(url);
        self.by_id.entry(id.to_owned()).or_default().origin.clone_from(&origin);
        origin
    }

    /// Where a frame is.
    pub(super) fn origin(&self, id: &str) -> Option<String> {
        self.by_id.get(id).and_then(|frame| frame.origin.clone())
    }

    /// Every frame that keeps storage, and its origin.
    pub(super) fn live(&self) -> Vec<(String, String)> {
        self.by_id.iter().filter_map(|(id, frame)| Some((id.clone(), frame.origin.clone()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_goes_takes_those_in_it_along() {
        let mut frames = Frames::default();
        frames.committed("top", "http://a.test/x");
        frames.attached("child", "top");
        frames.attached("grandchild", "child");
        frames.committed("grandchild", "http://b.test/");
        assert_eq!(frames.live().len(), 2);
        frames.detached("child");
        assert_eq!(frames.live(), [("top".to_owned(), "http://a.test".to_owned())]);
    }
}
