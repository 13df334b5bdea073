//! Verbs over the DevTools protocol.
#![expect(clippy::unused_async, unused_variables, reason = "stands in for the real wire")]

use std::time::Duration;

use serde_json::Value;

use super::verbs::LibraryError;
use crate::browser::callback::CallbackSender;
use crate::browser::context::{Captured, ContextOptions, Restored};
use crate::browser::error::BrowserError;
use crate::browser::input::{KeyStep, PointerStep};
use crate::browser::page::ScreenshotOptions;
use crate::browser::state::{Cookie, State};

#[derive(Clone, Debug)]
pub(in crate::browser) struct DevtoolsBrowser {}
#[derive(Clone, Debug)]
pub(in crate::browser) struct DevtoolsContext {}
#[derive(Clone, Debug)]
pub(in crate::browser) struct DevtoolsPage {}

impl DevtoolsBrowser {
    pub(in crate::browser) async fn connect(websocket_url: &str) -> Result<Self, BrowserError> {
        Ok(Self {})
    }
    pub(in crate::browser) async fn open_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<DevtoolsContext, BrowserError> {
        todo!()
    }
    pub(in crate::browser) fn close(&self) {}
}

impl DevtoolsContext {
    pub(in crate::browser) async fn page(&self) -> Result<DevtoolsPage, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn cookies(&self, url: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn remove_cookies(&self, matching: &[Cookie]) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn capture(&self, may_leave_page: bool) -> Result<Captured, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn restore(&self, state: &State) -> Result<Restored, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn clear(&self) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn close(&self) {}
}

impl DevtoolsPage {
    pub(in crate::browser) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn url(&self) -> Result<String, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn title(&self) -> Result<String, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn content(&self) -> Result<String, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn blank(&self) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn screenshot(
        &self,
        options: &ScreenshotOptions,
        timeout: Duration,
    ) -> Result<Vec<u8>, BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn set_viewport(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        todo!()
    }
    pub(in crate::browser) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }
    pub(in crate::browser) fn errors(&self) -> Vec<String> {
        todo!()
    }
    pub(in crate::browser) fn is_closed(&self) -> bool {
        todo!()
    }
}
