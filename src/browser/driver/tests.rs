//! Real drivers and browsers: what is started is gone afterwards, and what cannot start says why.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::mpsc;

use super::group::members;
use crate::browser::{Browser, BrowserError, ContextOptions};
use crate::config::{BrowserName, BrowserSettings, WireName};

fn classic() -> BrowserSettings {
    BrowserSettings { wire: Some(WireName::Classic), ..BrowserSettings::default() }
}

fn options() -> ContextOptions {
    ContextOptions { viewport: (1280, 720), navigation_timeout: Duration::from_secs(15) }
}

fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn refusal(settings: &BrowserSettings) -> (String, Vec<String>, String) {
    match Browser::open(settings).await {
        Err(BrowserError::Start { title, details, advice }) => (title, details, advice.unwrap_or_default()),
        Err(other) => panic!("not a start error: {other}"),
        Ok(_) => panic!("it started"),
    }
}

#[tokio::test]
async fn closing_leaves_no_process_and_no_folder() {
    let browser = Browser::open(&classic()).await.unwrap();
    let group = browser.driver().unwrap().group();
    let (leader, folder) = (group.leader(), group.folder().to_owned());
    assert!(members(leader).len() > 2, "driver and browser run");
    assert!(folder.exists());
    let (callbacks, _keep) = mpsc::unbounded_channel();
    let _context = browser.open_context(&options(), callbacks).await.unwrap();
    browser.close().await;
    assert_eq!(members(leader), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

#[tokio::test]
async fn dropping_without_closing_leaves_nothing_either() {
    let browser = Browser::open(&classic()).await.unwrap();
    let group = browser.driver().unwrap().group();
    let (leader, folder) = (group.leader(), group.folder().to_owned());
    drop(browser);
    assert_eq!(members(leader), Vec::<i32>::new());
    assert!(!folder.exists());
}

#[tokio::test]
async fn the_browser_of_a_closed_context_ends_with_it() {
    let browser = Browser::open(&classic()).await.unwrap();
    let leader = browser.driver().unwrap().group().leader();
    for _ in 0..2 {
        let (callbacks, _keep) = mpsc::unbounded_channel();
        let context = browser.open_context(&options(), callbacks).await.unwrap();
        context.close().await;
        assert!(context.page().await.is_err());
    }
    assert_eq!(members(leader).len(), 1, "only the driver is left");
    browser.close().await;
}

#[tokio::test]
async fn a_driver_that_is_killed_is_a_loss_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let driver = program(folder.path(), "chromedriver", "exec chromedriver --log-level=INFO \"$@\"");
    let settings = BrowserSettings { driver: Some(driver), ..classic() };
    let browser = Browser::open(&settings).await.unwrap();
    let (callbacks, _keep) = mpsc::unbounded_channel();
    let context = browser.open_context(&options(), callbacks).await.unwrap();
    let page = context.page().await.unwrap();
    let leader = browser.driver().unwrap().group().leader();
    kill(leader, Signal::SIGKILL).unwrap();
    for _ in 0..2 {
        let error = page.title().await.unwrap_err();
        let BrowserError::Lost { output, .. } = &error else { panic!("not lost: {error}") };
        assert!(output.iter().any(|line| line.contains("[INFO]")), "{output:?}");
        assert!(!output.iter().any(|line| line.contains("started successfully")), "{output:?}");
    }
    browser.close().await;
    assert_eq!(members(leader), Vec::<i32>::new());
}

#[tokio::test]
async fn a_browser_that_is_killed_is_a_loss() {
    let browser = Browser::open(&classic()).await.unwrap();
    let (callbacks, _keep) = mpsc::unbounded_channel();
    let context = browser.open_context(&options(), callbacks).await.unwrap();
    let page = context.page().await.unwrap();
    let leader = browser.driver().unwrap().group().leader();
    for process in members(leader).into_iter().filter(|process| *process != leader.as_raw()) {
        let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
    }
    for _ in 0..2 {
        let error = page.title().await.unwrap_err();
        assert!(error.is_lost(), "{error:?}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_driver_of_another_version_is_named_with_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "if [ \"$1\" = --version ]; then echo 'ChromeDriver 90.0.1.2 (abc)'; else exec chromedriver \"$@\"; fi";
    let driver = program(folder.path(), "chromedriver", script);
    let settings = BrowserSettings { driver: Some(driver.clone()), ..classic() };
    let (title, details, advice) = refusal(&settings).await;
    assert!(title.starts_with("the driver is for version 90, the browser has "), "{title}");
    assert_eq!(details[0], format!("driver: {} (90.0.1.2)", driver.display()));
    assert!(advice.contains("from one place"), "{advice}");
}

#[tokio::test]
async fn a_driver_that_ends_at_once_is_named_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let driver = program(folder.path(), "chromedriver", "echo 'cannot open shared object' >&2; exit 127");
    let settings = BrowserSettings { driver: Some(driver), ..classic() };
    let (title, details, _) = refusal(&settings).await;
    assert_eq!(title, "`chromedriver` exited with status 127 before it was ready");
    assert!(details.contains(&"cannot open shared object".to_owned()), "{details:?}");
}

#[tokio::test]
async fn a_driver_that_says_nothing_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let driver = program(folder.path(), "chromedriver", "exec sleep 60");
    let start_timeout = Duration::from_millis(300);
    let settings = BrowserSettings { driver: Some(driver), start_timeout, ..classic() };
    let (title, ..) = refusal(&settings).await;
    assert_eq!(title, "`chromedriver` did not start in 300ms");
}

#[tokio::test]
async fn a_browser_that_ends_at_once_is_named_with_the_drivers_words() {
    let folder = tempfile::tempdir().unwrap();
    let binary = program(folder.path(), "chromium", "echo 'no usable display' >&2; exit 1");
    let settings = BrowserSettings { binary: Some(binary.clone()), ..classic() };
    let (title, details, advice) = refusal(&settings).await;
    assert!(title.starts_with("the browser did not start: "), "{title}");
    assert!(details.contains(&format!("browser: {}", binary.display())), "{details:?}");
    assert!(details.contains(&"  no usable display".to_owned()), "its own words: {details:?}");
    assert!(advice.contains("xvfb-run"), "{advice}");
}

#[tokio::test]
async fn nobody_at_the_webdriver_address_is_said_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    // Too short a time to ask twice.
    let start_timeout = Duration::from_millis(200);
    let settings = BrowserSettings { webdriver_url: Some(url.parse().unwrap()), start_timeout, ..classic() };
    let (title, ..) = refusal(&settings).await;
    assert!(title.starts_with(&format!("no session at {url}: ")), "{title}");
    assert!(title.ends_with("nobody listens there"), "{title}");
}

#[tokio::test]
async fn a_driver_that_runs_already_is_used_and_left_running() {
    let located = super::Located { driver: "chromedriver".into(), browser: None, display: None };
    let driver = super::DriverProcess::start(&located, Duration::from_secs(10)).await.unwrap();
    let settings = BrowserSettings { webdriver_url: Some(driver.url().clone()), ..classic() };
    let browser = Browser::open(&settings).await.unwrap();
    assert!(browser.driver().is_none());
    assert_eq!(browser.info().wire, WireName::Classic);
    browser.close().await;
    // The driver's answer does not wait for the last of the browser's processes.
    let alone = async {
        while members(driver.group().leader()).len() > 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), alone).await.expect("nothing of the browser is left");
    assert_eq!(members(driver.group().leader()).len(), 1, "the driver goes on");
    driver.stop().await;
}

#[tokio::test]
async fn a_wire_the_browser_does_not_have_is_refused_and_nothing_is_left() {
    let settings = BrowserSettings { wire: Some(WireName::Devtools), name: BrowserName::Firefox, ..Default::default() };
    let (title, details, advice) = refusal(&settings).await;
    assert_eq!(title, "the DevTools wire cannot be had here");
    assert_eq!(details, ["the driver names no debugging address"]);
    assert_eq!(advice, "leave `--wire` out, or take `--wire classic`");
}

#[tokio::test]
async fn on_the_devtools_wire_nothing_is_left_and_a_killed_driver_is_a_loss() {
    let programs = tempfile::tempdir().unwrap();
    let driver = program(programs.path(), "chromedriver", "exec chromedriver --log-level=INFO \"$@\"");
    let settings = BrowserSettings { driver: Some(driver), ..BrowserSettings::default() };
    let browser = Browser::open(&settings).await.unwrap();
    assert_eq!(browser.info().wire, WireName::Devtools);
    let group = browser.driver().unwrap().group();
    let (leader, folder) = (group.leader(), group.folder().to_owned());
    let (callbacks, _keep) = mpsc::unbounded_channel();
    let context = browser.open_context(&options(), callbacks).await.unwrap();
    let page = context.page().await.unwrap();
    assert_eq!(page.url().await.unwrap(), "about:blank");
    kill(leader, Signal::SIGKILL).unwrap();
    let waiting = page.evaluate("new Promise(() => {})", &[], Duration::from_secs(10)).await.unwrap_err();
    let BrowserError::Lost { reason, output } = &waiting else { panic!("not lost: {waiting}") };
    assert_eq!(reason, "`chromedriver` was killed by signal 9");
    assert!(output.iter().any(|line| line.contains("[INFO]")), "{output:?}");
    assert!(page.title().await.unwrap_err().is_lost());
    browser.close().await;
    assert_eq!(members(leader), Vec::<i32>::new());
    assert!(!folder.exists());
}
