//! Failures as the rest of the program makes them.

use std::time::Duration;

use crate::model::Location;
use crate::outcome::{Artifact, Failure, FailureKind, Frame, SourceLine};

/// Every failure with the name of its golden file.
pub(in crate::report) fn samples() -> Vec<(&'static str, Failure)> {
    vec![
        ("assertion", wrong_count()),
        ("covered", covered()),
        ("not_unique", not_unique()),
        ("timeout", timeout()),
        ("session_failed", session_failed()),
        ("hook", hook()),
        ("through_support", through_support()),
        ("infrastructure", infrastructure()),
        ("lines_differ", lines_differ()),
        ("long_values", long_values()),
        ("steers_terminal", steers_terminal()),
    ]
}

fn frame(file: &str, (line, column): (u32, u32), function: Option<&str>, source: &[(u32, &str)]) -> Frame {
    Frame {
        location: Location::new(file, line, column),
        function: function.map(str::to_owned),
        excerpt: source.iter().map(|(number, text)| SourceLine { number: *number, text: (*text).to_owned() }).collect(),
    }
}

fn screenshot(path: &str) -> Artifact {
    Artifact { name: "screenshot".to_owned(), path: path.into(), media_type: "image/png".to_owned() }
}

const CART: &[(u32, &str)] = &[
    (18, "    it(\"empties\", || {"),
    (19, "        get_by_role(\"button\", \"Empty\").click();"),
    (20, "        expect(get(\".row\")).to_have_count(0);"),
    (21, "    });"),
];

pub(in crate::report) fn wrong_count() -> Failure {
    Failure {
        expected: Some("0".to_owned()),
        found: Some("2".to_owned()),
        waited: Some(Duration::from_secs(5)),
        frames: vec![frame("specs/cart.rhai", (20, 29), None, CART)],
        artifacts: vec![screenshot("test-results/cart-empties/failure.png")],
        ..Failure::new(FailureKind::Assertion, "expected `get(\".row\")` to have count 0")
    }
}

fn covered() -> Failure {
    Failure {
        waited: Some(Duration::from_secs(10)),
        details: vec![
            "the click at 412,220 would land on <div class=\"overlay\">Loading…</div>".to_owned(),
            "it was there for all of the 10s".to_owned(),
        ],
        frames: vec![frame("specs/cart.rhai", (19, 46), None, CART)],
        ..Failure::new(
            FailureKind::Action,
            "cannot click `get_by_role(\"button\", \"Empty\")`: it is covered by another element",
        )
    }
    .advise("wait for the overlay first, `expect(get(\".overlay\")).to_be_hidden()`,\nor click with `#{ force: true }`")
}

pub(in crate::report) fn not_unique() -> Failure {
    Failure {
        details: vec![
            "1  <button id=\"save\">Save</button>".to_owned(),
            "2  <button class=\"primary\">Save and close</button>".to_owned(),
            "and 3 more".to_owned(),
        ],
        frames: vec![frame("specs/login.rhai", (31, 9), None, &[(31, "        get(\"button\").click();")])],
        ..Failure::new(FailureKind::Action, "`get(\"button\")` matches 5 elements, an action needs one")
    }
    .advise("say which one: `get_by_role(\"button\", \"Save\")`, `.first()` or `.nth(0)`")
}

fn timeout() -> Failure {
    Failure {
        waited: Some(Duration::from_secs(30)),
        frames: vec![frame(
            "specs/report.rhai",
            (8, 9),
            None,
            &[(7, "    it(\"prints\", || {"), (8, "        loop { count += 1; }"), (9, "    });")],
        )],
        ..Failure::new(FailureKind::Timeout, "the test took longer than 30s")
    }
    .advise("give it more time with `#{ timeout: \"60s\" }`, or look at the loop")
}

pub(in crate::report) fn session_failed() -> Failure {
    let cause = Failure {
        expected: Some("http://127.0.0.1:4000/app".to_owned()),
        found: Some("http://127.0.0.1:4000/login?error=1".to_owned()),
        waited: Some(Duration::from_secs(5)),
        during: vec!["in the steps of session `admin`".to_owned()],
        frames: vec![frame(
            "support/sessions.rhai",
            (6, 20),
            Some("login"),
            &[
                (5, "    get_by_role(\"button\", \"Sign in\").click();"),
                (6, "    expect(page()).to_have_url(\"/app\");"),
                (7, "}"),
            ],
        )],
        ..Failure::new(FailureKind::Assertion, "expected `page()` to have url `/app`")
    };
    Failure {
        frames: vec![frame("specs/cart.rhai", (4, 25), None, &[(4, "    before_each(|| { use_session(admin); });")])],
        during: vec!["in the `before_each` hook".to_owned()],
        details: vec!["defined at support/sessions.rhai:9:22".to_owned()],
        cause: Some(Box::new(cause)),
        ..Failure::new(FailureKind::Session, "session `admin` could not be created")
    }
}

pub(in crate::report) fn hook() -> Failure {
    Failure {
        during: vec!["in the `after_all` hook of `cart`".to_owned()],
        frames: vec![frame(
            "specs/cart.rhai",
            (40, 15),
            None,
            &[(39, "    after_all(|| {"), (40, "\t    request(\"DELETE\", \"/api/cart\");"), (41, "    });")],
        )],
        also: vec![Failure::new(FailureKind::Page, "the page could not be closed: it shows a dialog")],
        ..Failure::new(FailureKind::Page, "cannot reach http://127.0.0.1:4000/api/cart: connection refused")
    }
    .advise("is the application running? `[server]` in runner.toml can start it")
}

fn through_support() -> Failure {
    Failure {
        waited: Some(Duration::from_secs(10)),
        frames: vec![
            frame(
                "support/forms.rhai",
                (3, 27),
                Some("fill_address"),
                &[
                    (2, "fn fill_address(address) {"),
                    (3, "    get_by_label(\"Street\").fill(address.street);"),
                    (4, "    get_by_label(\"City\").fill(address.city);"),
                ],
            ),
            frame("support/shop.rhai", (22, 5), Some("check_out"), &[]),
            frame("support/shop.rhai", (30, 9), None, &[]),
            frame(
                "specs/cart.rhai",
                (12, 9),
                Some("buy"),
                &[(11, "fn buy() {"), (12, "        check_out(#{ street: \"Main\" });")],
            ),
        ],
        ..Failure::new(FailureKind::Action, "cannot fill `get_by_label(\"Street\")`: nothing matches")
    }
}

pub(in crate::report) fn infrastructure() -> Failure {
    Failure {
        details: vec![
            "last words of chromedriver:".to_owned(),
            "  [1700000000.123][SEVERE]: Unable to receive message from renderer".to_owned(),
            "  [1700000000.456][INFO]: quitting, session deleted because of page crash".to_owned(),
        ],
        frames: vec![frame("specs/report.rhai", (12, 9), None, &[(12, "        visit(\"/report\");")])],
        ..Failure::new(FailureKind::Infrastructure, "the browser was lost: the driver's process ended (signal 9)")
    }
    .advise("look for memory: fewer workers with `-j 1`, or more shared memory for a container")
}

fn lines_differ() -> Failure {
    let expected = "Order 17\n\n1 x pen\n2 x paper\n1 x ink\n4 x clips\n\nSubtotal 9.00\nShipping 3.50\nTotal 12.50";
    let found = "Order 17\n\n1 x pen\n2 x paper\n1 x ink\n4 x clips\n\nSubtotal 9.00\nShipping 3.00\nTotal 12.00\nPaid";
    Failure {
        expected: Some(expected.to_owned()),
        found: Some(found.to_owned()),
        waited: Some(Duration::from_secs(5)),
        frames: vec![frame(
            "specs/report.rhai",
            (12, 34),
            None,
            &[(12, "        expect(get(\"pre\")).to_have_text(RECEIPT);")],
        )],
        ..Failure::new(FailureKind::Assertion, "expected `get(\"pre\")` to have text")
    }
}

fn long_values() -> Failure {
    Failure {
        expected: Some("\"Thank you, your order 17 is on its way\"".to_owned()),
        found: Some("\"Thank you, your order 18 is on the way\"".to_owned()),
        waited: Some(Duration::from_secs(5)),
        frames: vec![frame("specs/cart.rhai", (51, 0), None, &[(51, "        expect(banner).to_have_text(THANKS);")])],
        ..Failure::new(FailureKind::Assertion, "the customer is thanked")
    }
}

fn steers_terminal() -> Failure {
    Failure {
        expected: Some("Welcome".to_owned()),
        found: Some("\u{1b}[2J\u{1b}[31mred\u{7}".to_owned()),
        ..Failure::new(FailureKind::Assertion, "expected `get(\"h1\")` to have text")
    }
}
