//! Several users in one test: `open_as` and `with_page`, each with cookies and storage of its own.

use crate::on_demo::{fails, passes};

const SESSIONS: &str = r#"
    const ANN = define_session("ann", || sign_in("user1"));
    const BEN = define_session("ben", || sign_in("user2"));
"#;

#[test]
fn two_users_in_one_test() {
    passes(
        &(SESSIONS.to_owned()
            + r#"
        it("as themselves, by value and by name", #{ session: ANN }, || {
            visit("/app");
            let ben = open_as(global::BEN);
            let third = open_as("ann");
            expect(who()).to_equal("user1");
            expect(with_page(ben, || who())).to_equal("user2");
            expect(with_page(third, || who())).to_equal("user1");
            ben.visit("/app");
            expect(ben.url()).to_contain("/app");
            ben.evaluate("localStorage.setItem('mine', 'ben')");
            expect(stored("mine")).to_equal(());
            expect(with_page(third, || { visit("/"); stored("mine") })).to_equal(());
            expect(with_page(ben, || stored("mine"))).to_equal("ben");
            // The current page is where it was.
            expect(page()).to_have_url("/app");
        });
        it("locators belong to their page", || {
            let ann = open_as(global::ANN);
            let ben = open_as(global::BEN);
            ann.visit("/login");
            ben.visit("/login");
            ann.get_by_label("User").fill("from ann");
            ben.get_by_label("User").fill("from ben");
            expect(ann.get_by_label("User")).to_have_value("from ann");
            expect(ben.get_by_label("User")).to_have_value("from ben");
            expect(ben.get("input").first().value()).to_equal("from ben");
            expect(ben).to_have_url("/login");
            let field = ben.get_by_label("User");
            with_page(ben, || field.fill("again"));
            expect(field).to_have_value("again");
        });
        it("one inside the other and back", || {
            let main = page();
            visit("/login");
            let ann = open_as(global::ANN);
            let ben = open_as(global::BEN);
            let seen = with_page(ann, || {
                let inner = with_page(ben, || [who(), with_page(main, || who())]);
                inner.push(who());
                inner
            });
            expect(seen).to_equal(["user2", "nobody", "user1"]);
            expect(page()).to_have_url("/login");
        });
        it("a session may be used there too", || {
            let ann = open_as(global::ANN);
            with_page(ann, || { use_session("ben"); expect(who()).to_equal("user2"); });
            expect(who()).to_equal("nobody");
        });
        it("use_session leaves them alone", || {
            let ben = open_as(global::BEN);
            ben.visit("/app");
            use_session("ann");
            expect(who()).to_equal("user1");
            expect(ben.url()).to_contain("/app");
            expect(with_page(ben, || who())).to_equal("user2");
        });
        it("without isolation it is a context of its own all the same", #{ isolation: "none" }, || {
            visit("/login");
            let ben = open_as(global::BEN);
            expect(with_page(ben, || who())).to_equal("user2");
            expect(who()).to_equal("nobody");
            expect(page()).to_have_url("/login");
        });
        it("an error inside comes out, and the page is the one of before", || {
            let ben = open_as(global::BEN);
            let caught = "";
            try { with_page(ben, || { throw "inside" }); } catch (error) { caught = `${error}`; }
            expect(caught).to_contain("inside");
            expect(who()).to_equal("nobody");
        });
        it("many at once", || {
            let pages = [];
            for turn in 0..6 { pages.push(open_as(if turn % 2 == 0 { "ann" } else { "ben" })); }
            let seen = pages.map(|one| with_page(one, || who()));
            expect(seen).to_equal(["user1", "user2", "user1", "user2", "user1", "user2"]);
        });
    "#),
    );
}

#[test]
fn what_is_refused() {
    let spec = SESSIONS.to_owned()
        + r#"
        const BOTH = define_session("both", || { open_as("ann"); });
        it("opened inside a session", || use_session("both"));
        it("within a locator of another page", || {
            let ann = open_as("ann");
            ann.visit("/login");
            within(ann.get("form"), || get("input").first().fill("x"));
        });
        it("a page that was replaced", || {
            let ann = open_as("ann");
            with_page(ann, || use_session("ben"));
            ann.visit("/app");
        });
        it("nobody", || open_as("carl"));
        it("nothing", || open_as(5));
    "#;
    fails(
        &spec,
        &[
            ("opened inside a session", &["`open_as` cannot be called inside session `both`"]),
            ("within a locator of another page", &["uses a locator of another page", "`with_page(page, || ...)`"]),
            (
                "a page that was replaced",
                &["uses a page of a page that was closed", "closed by `use_session` of `ben`"],
            ),
            ("nobody", &["there is no session `carl`"]),
            ("nothing", &["`open_as` takes a session or the name of one, not the integer 5"]),
        ],
    );
}
