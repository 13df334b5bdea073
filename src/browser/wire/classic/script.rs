//! Scripts in the page: `evaluate`, the page library and long waits, all as *jobs* (`job.js`) that
//! run at most once and are asked for in slices, so that dialogs and cancellation are seen.
//!
//! Measured on chromedriver 156: a script under which a dialog opens answers null at once, without
//! an error; a document that is reloaded under a script ends it with `script timeout`.

use std::time::Duration;

use serde_json::{Value, json};

use super::session::{MARGIN, Session};
use crate::browser::error::BrowserError;
use crate::browser::page_library;
use crate::browser::wire::verbs::LibraryError;
use crate::browser::wire::webdriver::Fault;
use crate::clock::Deadline;

const JOB: &str = include_str!("job.js");

/// One look at a job that is not done yet.
const SLICE: Duration = Duration::from_secs(1);

/// How a job ended.
#[derive(Debug)]
pub(super) enum Answer {
    /// With a value.
    Value(Value),
    /// It threw.
    Thrown {
        /// What.
        message: String,
        /// Line in the caller's script.
        line: Option<u32>,
        /// Column in it.
        column: Option<u32>,
    },
    /// The document was replaced under it.
    Gone,
    /// The page library is not in this document.
    Missing,
    /// The script does not parse.
    Unparsed(String),
}

impl Session {
    /// Runs `start`, a JavaScript function of `(state, args)`.
    pub(super) async fn run_job(&self, start: &str, args: &Value, deadline: Deadline) -> Result<Answer, Fault> {
        self.check_open()?;
        let id = self.next_job();
        let first = format!(
            "const at = new Error().stack; const start = {start};\n({JOB})(arguments[0], start, at, arguments[1]);"
        );
        let fetch = format!("({JOB})(arguments[0], null, '', arguments[1]);");
        let mut is_started = false;
        loop {
            let slice = SLICE.min(deadline.remaining());
            let options =
                json!({ "id": id, "slice": slice.as_millis(), "args": if is_started { &Value::Null } else { args } });
            let body = json!({ "script": if is_started { &fetch } else { &first }, "args": [options] });
            match self.driver.post("execute/async", body, slice + self.page_load() + MARGIN).await {
                Ok(Value::Null) => {
                    is_started = true;
                    self.answer_dialog().await?;
                }
                Ok(answer) => {
                    if let Some(url) = answer["href"].as_str() {
                        self.note_url(url);
                    }
                    match ended(&answer) {
                        Some(answer) => return Ok(answer),
                        None => is_started = true,
                    }
                }
                // Refused before it could run: the dialog was open already.
                Err(Fault::Dialog) => {
                    self.answer_dialog().await?;
                }
                Err(fault) if fault.is_document_gone() => return Ok(Answer::Gone),
                Err(fault) if fault.is_drivers_timeout() => is_started = true,
                Err(Fault::Refused { code: "javascript error", message }) => return Ok(Answer::Unparsed(message)),
                Err(fault) => return Err(fault),
            }
            if deadline.is_over() {
                return Err(Fault::Timeout { waited: deadline.length() });
            }
        }
    }

    /// An expression or a function with arguments, as people give it.
    pub(super) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        let deadline = Deadline::after(timeout);
        let source = script.trim_end().trim_end_matches(';');
        let start = format!(
            "(state, args) => {{ const value = (\n{source}\n); return typeof value === 'function' ? value(...args) : value; }}"
        );
        let fault = |fault: Fault| fault.into_error("evaluate");
        let mut answer = self.run_job(&start, &json!(args), deadline).await.map_err(fault)?;
        if matches!(answer, Answer::Unparsed(_)) {
            // Statements are no expression; their value is that of the last one.
            let start = "(state, args) => { const value = (0, eval)(args[0]); return typeof value === 'function' ? value(...args.slice(1)) : value; }";
            let args: Vec<Value> = std::iter::once(Value::from(script)).chain(args.iter().cloned()).collect();
            answer = self.run_job(start, &Value::Array(args), deadline).await.map_err(fault)?;
        }
        match answer {
            Answer::Value(value) => Ok(value),
            Answer::Thrown { message, line, column } => Err(BrowserError::Javascript { message, line, column }),
            Answer::Unparsed(message) => Err(BrowserError::Javascript { message, line: None, column: None }),
            Answer::Gone | Answer::Missing => Err(BrowserError::Javascript {
                message: "the page was replaced while the script ran".to_owned(),
                line: None,
                column: None,
            }),
        }
    }

    /// Calls the page library, putting it into the document where it is not yet.
    pub(super) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        let deadline = Deadline::after(timeout);
        let fault = |fault: Fault| match fault {
            fault if fault.is_document_gone() => LibraryError::DocumentGone,
            fault => LibraryError::Browser(fault.into_error("page library")),
        };
        loop {
            // The page's own limit must come first: its answer says what it was waiting for.
            let limit = Deadline::after(deadline.remaining() + MARGIN);
            let call = "(state, args) => state.library ? state.library.run(args) : state.missing";
            let mut answer = self.run_job(call, command, limit).await.map_err(fault)?;
            if matches!(answer, Answer::Missing) {
                answer = self.run_job(&install_and_call(), command, limit).await.map_err(fault)?;
            }
            let value = match answer {
                Answer::Value(value) => value,
                Answer::Gone | Answer::Missing => return Err(LibraryError::DocumentGone),
                Answer::Thrown { message, .. } | Answer::Unparsed(message) => {
                    return Err(BrowserError::Protocol { command: "page library".to_owned(), message }.into());
                }
            };
            if value["need_accessible"] == true {
                self.give_accessible().await.map_err(fault)?;
            } else if value["need_tree"] != true {
                return Ok(value);
            }
            // No command of WebDriver has the browser keep its accessibility tree. The library asks
            // for that once in a document; asked again, it does without.
            if deadline.is_over() {
                return Err(BrowserError::timed_out("computed roles and names", timeout).into());
            }
        }
    }

    /// Asks the driver for role and name of the elements the page library needs them of.
    async fn give_accessible(&self) -> Result<(), Fault> {
        // A document that has come meanwhile has no library yet, and then nobody waits for these.
        let pending = "const state = window[Symbol.for('runner.classic')];
            return state && state.library ? state.library.pendingElements() : [];";
        let elements = self.execute(pending, json!([])).await?;
        let mut known = Vec::new();
        let mut infos = Vec::new();
        for element in elements.as_array().into_iter().flatten() {
            let Some(id) = element.as_object().and_then(|reference| reference.values().next()).and_then(Value::as_str)
            else {
                continue;
            };
            let role = self.ask(&format!("element/{id}/computedrole")).await?;
            let name = self.ask(&format!("element/{id}/computedlabel")).await?;
            known.push(element.clone());
            infos.push(json!({ "role": role, "name": name }));
        }
        let give = "const state = window[Symbol.for('runner.classic')];
            const [infos, ...elements] = arguments;
            if (state && state.library) state.library.giveAccessible(elements, infos);
            return true;";
        // One argument each: WebKitWebDriver (2.50) hands elements inside a list on as plain objects.
        let args = std::iter::once(Value::Array(infos)).chain(known).collect();
        self.execute(give, Value::Array(args)).await?;
        Ok(())
    }
}

/// The library's source names itself `globalThis.runner`; what the page may have there is put back.
fn install_and_call() -> String {
    format!(
        "(state, args) => {{ if (!state.library) {{\n\
         const before = Object.getOwnPropertyDescriptor(globalThis, 'runner');\n\
         {}\n;\n\
         state.library = globalThis.runner;\n\
         if (before) Object.defineProperty(globalThis, 'runner', before); else delete globalThis.runner;\n\
         }} return state.library.run(args); }}",
        page_library()
    )
}

/// `None` while the job still runs.
fn ended(answer: &Value) -> Option<Answer> {
    if answer["gone"] == true {
        return Some(Answer::Gone);
    }
    if answer["missing"] == true {
        return Some(Answer::Missing);
    }
    if let Some(text) = answer["text"].as_str() {
        return Some(Answer::Value(serde_json::from_str(text).unwrap_or(Value::Null)));
    }
    let thrown = answer.get("thrown")?;
    let number = |key: &str| thrown[key].as_u64().and_then(|number| u32::try_from(number).ok());
    Some(Answer::Thrown {
        message: thrown["message"].as_str().unwrap_or_default().to_owned(),
        line: number("line"),
        column: number("column"),
    })
}
