//! Roles and names where pages cannot ask for them: a browser somebody else has started.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use crate::browser::{
    ActOptions, Action, Browser, Button, Check, Condition, ContextOptions, Locator, LocatorPart, Reading, RoleOptions,
    Subject, TextMatch,
};
use crate::config::{BrowserSettings, WireName};

const LIMIT: Duration = Duration::from_secs(10);

fn by_role(role: &str, name: &str) -> Locator {
    let name = Some(TextMatch::Exact { text: name.to_owned() });
    Locator::new(LocatorPart::Role { role: role.to_owned(), options: RoleOptions { name, ..RoleOptions::default() } })
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_names_come_over_the_wire_where_the_page_has_none() {
    let args = vec!["--disable-blink-features=ComputedAccessibilityInfo".to_owned()];
    let settings = BrowserSettings { wire: Some(WireName::Devtools), args, ..BrowserSettings::default() };
    let browser = Browser::open(&settings).await.unwrap();
    let options = ContextOptions { viewport: (1280, 720), navigation_timeout: LIMIT };
    let (callbacks, _asked) = mpsc::unbounded_channel();
    let page = browser.open_context(&options, callbacks).await.unwrap().page().await.unwrap();
    let has_own = page.evaluate("'computedRole' in Element.prototype", &[], LIMIT).await.unwrap();
    assert_eq!(has_own, json!(false));
    let html = "<button>Save</button><button aria-label=Remove>x</button><div role=button>Div</div>
        <img alt=Logo src=data:,><label>User <input></label><h2>Late</h2>
        <script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', \
            '<button onclick=\"this.textContent=`Hit`\">Appeared</button>'), 200)</script>";
    page.set_content(html, LIMIT).await.unwrap();
    for (role, name) in
        [("button", "Remove"), ("button", "Div"), ("img", "Logo"), ("textbox", "User"), ("heading", "Late")]
    {
        let count = page.read(&by_role(role, name), &Reading::Count, LIMIT).await.unwrap();
        assert_eq!(count, json!(1), "{role} {name}");
    }
    assert_eq!(page.read(&by_role("link", "Save"), &Reading::Count, LIMIT).await.unwrap(), json!(0));
    let click =
        Action::Click { button: Button::Left, count: 1, modifiers: Vec::new(), position: None, delay: Duration::ZERO };
    let options = ActOptions { force: false, no_wait_after: false, timeout: LIMIT };
    page.act(&by_role("button", "Appeared"), &click, options).await.unwrap();
    let subject = Subject::Element(by_role("button", "Hit"));
    let check = Check { subject, condition: Condition::Visible, negated: false };
    let checked = page.check(&check, LIMIT).await.unwrap();
    assert!(checked.held, "{checked:?}");
    browser.close().await;
}
