//! Which address the tests use, and whether the server is started.

use std::path::PathBuf;

use super::*;

fn place(key: &str) -> Place {
    let file = PathBuf::from("runner.toml");
    Place { file, key: key.into(), line: 1, column: 1, width: 1, text: None }
}

fn in_file(value: &str) -> Given<String> {
    Given::new(value.to_owned(), Origin::File(Box::new(place("server.url"))))
}

fn by_flag(value: &str) -> Given<String> {
    Given::new(value.to_owned(), Origin::Flag("--base-url".into()))
}

fn table(url: &str) -> ServerTable {
    let command = Some(in_file("serve --port {port}"));
    ServerTable { place: place("server"), command, url: Some(in_file(url)), timeout: None, reuse: None }
}

#[track_caller]
fn check(base_url: Option<&Given<String>>, url: &str, expected: (&str, Option<&str>)) {
    let application = Application::resolve(base_url, Some(&table(url)), || Ok(4321)).unwrap();
    let command = application.server.as_ref().map(|server| server.command.as_str());
    assert_eq!((application.base_url.unwrap().as_str(), command), expected);
}

#[test]
fn the_server_gives_the_base_url() {
    check(None, "http://127.0.0.1:{port}", ("http://127.0.0.1:4321/", Some("serve --port 4321")));
    check(None, "http://127.0.0.1:3000/health", ("http://127.0.0.1:3000/health", Some("serve --port 3000")));
    let other_site = in_file("http://localhost:{port}/app");
    check(Some(&other_site), "http://127.0.0.1:{port}", ("http://localhost:4321/app", Some("serve --port 4321")));
}

#[test]
fn a_base_url_elsewhere_starts_no_server() {
    let staging = by_flag("https://staging.example");
    check(Some(&staging), "http://127.0.0.1:{port}", ("https://staging.example/", None));
    check(Some(&staging), "http://127.0.0.1:3000", ("https://staging.example/", None));
}

#[test]
fn a_base_url_of_the_server_starts_it() {
    let local = by_flag("http://localhost:3000/de");
    check(Some(&local), "http://127.0.0.1:3000", ("http://localhost:3000/de", Some("serve --port 3000")));
}

#[test]
fn without_a_server_the_base_url_stands_alone() {
    let application = Application::resolve(Some(&by_flag("http://h:1")), None, || Ok(1)).unwrap();
    assert_eq!((application.base_url.unwrap().as_str(), application.server), ("http://h:1/", None));
    assert_eq!(Application::resolve(None, None, || Ok(1)).unwrap().base_url, None);
}

#[test]
fn what_is_missing_is_named() {
    let mut without = table("http://h");
    without.command = None;
    let error = Application::resolve(None, Some(&without), || Ok(1)).unwrap_err();
    assert_eq!(error.to_string(), "`[server]` needs `command`");
    let mut without = table("http://h");
    without.url = None;
    let error = Application::resolve(None, Some(&without), || Ok(1)).unwrap_err();
    assert_eq!(error.to_string(), "`[server]` needs `url`");
    assert_eq!(error.advice().unwrap(), "add `url = \"http://127.0.0.1:{port}\"`");
}

#[test]
fn an_address_that_is_none_is_explained() {
    let check = |text: &str, message: &str, advice: Option<&str>| {
        let error = address(&by_flag(text), None).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.advice().as_deref()), (message, advice));
    };
    check("localhost:3000", "`--base-url`: `localhost:3000` is not an address", Some("`http://localhost:3000`"));
    check("ftp://h", "`--base-url`: `ftp://h` is not an http or https address, but `ftp`", None);
    check("http://h:99999", "`--base-url`: `http://h:99999` is not an address: invalid port number", None);
    check(
        "http://h:{port}",
        "`--base-url`: `{port}` in `http://h:{port}` stands for a port nobody chooses",
        Some("a `[server]` whose `url` has `{port}` too"),
    );
}
