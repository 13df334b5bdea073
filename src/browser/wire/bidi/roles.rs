//! [`Roles`]: roles and accessible names as the browser computes them, for pages that have no
//! `computedRole` of their own (Firefox).
//!
//! `BiDi` can find elements by a role and an exact name, but not tell them. The driver can, element by
//! element: it knows an element by the id `BiDi` gives it.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::browser::text;
use super::page::PageInner;
use super::script::Call;
use crate::browser::BrowserError;
use crate::browser::page::LibraryError;
use crate::browser::wire::webdriver::{Fault, WebDriver};

/// The driver answers these itself; a page is not asked.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// The driver's side of a session. It looks at one window at a time.
#[derive(Debug)]
pub(super) struct Roles {
    session: WebDriver,
    window: Mutex<String>,
}

impl Roles {
    pub(super) fn new(session: WebDriver) -> Self {
        Self { session, window: Mutex::default() }
    }

    /// `{role, name}` of each element of a page, in their order.
    async fn of(&self, target: &str, elements: &[String]) -> Result<Vec<Value>, Fault> {
        let mut window = self.window.lock().await;
        if *window != target {
            self.session.post("window", json!({ "handle": target }), TIMEOUT).await?;
            target.clone_into(&mut window);
        }
        let mut infos = Vec::new();
        for element in elements {
            let role = self.tell(element, "computedrole").await?;
            let name = self.tell(element, "computedlabel").await?;
            infos.push(json!({ "role": role, "name": name }));
        }
        Ok(infos)
    }

    async fn tell(&self, element: &str, what: &str) -> Result<Value, Fault> {
        match self.session.ask(&format!("element/{element}/{what}"), TIMEOUT).await {
            // It has left the document, and has no role any more.
            Err(Fault::Refused { code: "stale element reference" | "no such element", .. }) => Ok(json!("")),
            answer => answer,
        }
    }
}

impl PageInner {
    /// Gives the page library role and name of the elements it needs them of.
    pub(super) async fn give_accessible(&self) -> Result<(), LibraryError> {
        let pending = self.call(&Call::new("() => globalThis.runner ? runner.pendingElements() : []")).await?;
        let elements: Vec<String> =
            pending["value"].as_array().into_iter().flatten().map(|node| text(&node["sharedId"])).collect();
        let infos = loop {
            match self.line.roles.of(&self.target, &elements).await {
                Ok(infos) => break infos,
                // The script is being asked what to do with the dialog.
                Err(Fault::Dialog) => self.wait(|state| (!state.has_dialog).then_some(())).await?,
                Err(fault) if fault.is_document_gone() => return Err(LibraryError::DocumentGone),
                Err(Fault::Closed) => return Err(BrowserError::Closed { what: "page" }.into()),
                Err(fault) => return Err(fault.into_error("computed roles and names").into()),
            }
        };
        let known: Vec<Value> = elements.iter().map(|id| json!({ "sharedId": id })).collect();
        let give = "(elements, infos) => globalThis.runner?.giveAccessible(elements, JSON.parse(infos))";
        let infos = json!({ "type": "string", "value": Value::Array(infos).to_string() });
        let args = json!([{ "type": "array", "value": known }, infos]);
        self.call(&Call { args, ..Call::new(give) }).await.map(drop)
    }
}
