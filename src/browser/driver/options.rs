//! Settings as W3C capabilities: [`capabilities`]. What a driver answers to them is not read here.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::browser::survey::wires_of;
use crate::config::{BrowserName, BrowserSettings, WireName};

/// Below this `/dev/shm` (64 MB in a plain container) Chromium's renderers crash.
const ENOUGH_SHARED_MEMORY: u64 = 256 * 1024 * 1024;

/// Switches features of pages on.
const BLINK_FEATURES: &str = "--enable-blink-features=";

/// Switches features of the browser off.
const DISABLED_FEATURES: &str = "--disable-features=";

/// After a click or a key Chromium holds back the page's own tasks until the next frame is shown, so
/// that typing feels smooth. Nobody looks: without it a click takes 3 ms instead of 18.
const HOLD_BACK: &str = "DeferRendererTasksAfterInput";

/// Keeps the accessibility tree of every page. Without it each question for a role takes as long as
/// the page is big: 500 of them on a page of 2000 elements are not answered in 5 s, with it in 24 ms.
const KEEP_TREE: &str = "--force-renderer-accessibility=basic";

/// What is asked of the driver. The caller's own capabilities are put over ours, key by key.
pub(in crate::browser) fn capabilities(settings: &BrowserSettings, binary: Option<&Path>) -> Map<String, Value> {
    let mut wanted = json!({
        "pageLoadStrategy": "normal",
        // The script answers dialogs; until it has, they stay open.
        "unhandledPromptBehavior": "ignore",
        // Waits inside a page are cut in slices of a second; a script that takes longer is stuck.
        "timeouts": { "script": 5000 },
    });
    let browser = match settings.name {
        BrowserName::Chromium | BrowserName::Chrome => json!({
            "browserName": "chrome",
            "goog:chromeOptions": chromium_options(settings, binary),
        }),
        BrowserName::Edge => json!({
            "browserName": "MicrosoftEdge",
            "ms:edgeOptions": chromium_options(settings, binary),
        }),
        BrowserName::Firefox => json!({
            "browserName": "firefox",
            "moz:firefoxOptions": firefox_options(settings, binary),
        }),
        BrowserName::Webkit => json!({ "webkitgtk:browserOptions": webkit_options(settings, binary) }),
        BrowserName::Safari => json!({ "browserName": "safari" }),
    };
    merge(&mut wanted, browser);
    let has_bidi = !matches!(settings.name, BrowserName::Webkit | BrowserName::Safari);
    if has_bidi && wire_for(settings) == WireName::Bidi {
        // Asked for only where it is used: Chromium starts a part of its own for it.
        merge(&mut wanted, json!({ "webSocketUrl": true }));
    }
    merge(&mut wanted, Value::Object(settings.capabilities.clone()));
    match wanted {
        Value::Object(wanted) => wanted,
        _ => Map::new(),
    }
}

/// The wire that is tried: the one asked for, otherwise the best this browser's driver may have.
pub(in crate::browser) fn wire_for(settings: &BrowserSettings) -> WireName {
    settings.wire.unwrap_or(wires_of(settings.name)[0])
}

fn chromium_options(settings: &BrowserSettings, binary: Option<&Path>) -> Value {
    let (width, height) = settings.viewport;
    let is_shell = binary.is_some_and(|path| path.to_string_lossy().contains("headless-shell"));
    let mut args: Vec<String> = Vec::new();
    if !settings.headed {
        args.push(if is_shell { "--headless" } else { "--headless=new" }.to_owned());
    }
    // How it is on another machine, nobody here knows: there `args` says so.
    let is_here = !settings.is_elsewhere();
    if is_here && nix::unistd::geteuid().is_root() {
        // Chromium refuses to start for root with its sandbox, and root is who runs in containers.
        args.push("--no-sandbox".to_owned());
    }
    if is_here && has_little_shared_memory() {
        args.push("--disable-dev-shm-usage".to_owned());
    }
    args.extend(
        [
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-default-browser-check",
            "--hide-scrollbars",
            "--disable-default-apps",
        ]
        .map(str::to_owned),
    );
    if wire_for(settings) != WireName::Devtools {
        // DevTools has a tree kept where it is needed; the other wires have no command for that.
        args.push(KEEP_TREE.to_owned());
    }
    args.push(format!("--window-size={width},{height}"));
    // The page library asks elements for the role and name the browser itself computes.
    args.extend(settings.args.iter().filter(|arg| features(arg).is_none()).cloned());
    args.push(joined(DISABLED_FEATURES, HOLD_BACK, &settings.args));
    args.push(joined(BLINK_FEATURES, "ComputedAccessibilityInfo", &settings.args));
    with_binary(json!({ "args": args }), binary)
}

/// An argument that lists features. Of several Chromium takes the last one, so they are made one.
fn features(arg: &str) -> Option<(&'static str, &str)> {
    [BLINK_FEATURES, DISABLED_FEATURES].into_iter().find_map(|list| Some((list, arg.strip_prefix(list)?)))
}

/// One list of features: ours, and those of the user's own arguments.
fn joined(list: &str, ours: &str, args: &[String]) -> String {
    let more = args.iter().filter_map(|arg| features(arg)).filter(|(of, _)| *of == list).map(|(_, names)| names);
    format!("{list}{}", std::iter::once(ours).chain(more).collect::<Vec<_>>().join(","))
}

fn firefox_options(settings: &BrowserSettings, binary: Option<&Path>) -> Value {
    let (width, height) = settings.viewport;
    let mut args = vec![format!("--width={width}"), format!("--height={height}")];
    if !settings.headed {
        args.push("-headless".to_owned());
    }
    args.extend(settings.args.iter().cloned());
    let prefs = json!({
        // A request for an icon is one nobody made, and would be in every count of requests.
        "browser.chrome.site_icons": false,
        // A page that comes back as it was left has no load event; tests want one page as the other.
        "browser.sessionhistory.max_total_viewers": 0,
    });
    with_binary(json!({ "args": args, "prefs": prefs }), binary)
}

fn webkit_options(settings: &BrowserSettings, binary: Option<&Path>) -> Value {
    let mut args = vec!["--automation".to_owned()];
    args.extend(settings.args.iter().cloned());
    // Without a binary the driver takes its own, and refuses arguments that are for another.
    match binary {
        Some(_) => with_binary(json!({ "args": args }), binary),
        None => json!({}),
    }
}

fn with_binary(mut options: Value, binary: Option<&Path>) -> Value {
    if let Some(binary) = binary {
        options["binary"] = binary.to_string_lossy().into();
    }
    options
}

fn has_little_shared_memory() -> bool {
    cfg!(target_os = "linux")
        && nix::sys::statvfs::statvfs("/dev/shm")
            .is_ok_and(|shm| shm.blocks().saturating_mul(shm.fragment_size()) < ENOUGH_SHARED_MEMORY)
}

/// Puts `over` over `base`: objects key by key, everything else replaced.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(settings: &BrowserSettings, binary: &str) -> Vec<String> {
        let wanted = capabilities(settings, Some(Path::new(binary)));
        serde_json::from_value(wanted["goog:chromeOptions"]["args"].clone()).unwrap()
    }

    #[test]
    fn the_shell_and_full_chromium_are_headless_in_their_own_ways() {
        let mut settings = BrowserSettings::default();
        assert!(args(&settings, "/usr/lib/chromium/chromium-headless-shell").contains(&"--headless".to_owned()));
        assert!(args(&settings, "/usr/bin/chromium").contains(&"--headless=new".to_owned()));
        settings.headed = true;
        assert!(!args(&settings, "/usr/bin/chromium").iter().any(|arg| arg.starts_with("--headless")));
    }

    #[test]
    fn only_devtools_does_not_keep_accessibility_trees_of_all_pages() {
        let settings = |wire| BrowserSettings { wire, ..BrowserSettings::default() };
        let keeps = |wire| args(&settings(wire), "/chromium").contains(&KEEP_TREE.to_owned());
        assert!(keeps(Some(WireName::Classic)));
        assert!(keeps(Some(WireName::Bidi)));
        assert!(!keeps(Some(WireName::Devtools)));
        assert!(!keeps(None));
    }

    #[test]
    fn own_arguments_come_last_and_own_capabilities_win() {
        let own = json!({ "goog:chromeOptions": { "mobileEmulation": { "deviceName": "x" } }, "proxy": 1 });
        let settings = BrowserSettings {
            args: ["--lang=de", "--enable-blink-features=Own", "--disable-features=This"].map(str::to_owned).to_vec(),
            capabilities: own.as_object().cloned().unwrap(),
            viewport: (800, 600),
            ..BrowserSettings::default()
        };
        let args = args(&settings, "/chromium");
        let last = [
            "--window-size=800,600",
            "--lang=de",
            "--disable-features=DeferRendererTasksAfterInput,This",
            "--enable-blink-features=ComputedAccessibilityInfo,Own",
        ];
        assert_eq!(args[args.len() - 4..], last);
        let wanted = capabilities(&settings, None);
        assert_eq!(wanted["goog:chromeOptions"]["mobileEmulation"]["deviceName"], "x");
        assert_eq!(wanted["proxy"], 1);
    }
}
