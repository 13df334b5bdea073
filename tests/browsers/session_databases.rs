//! `IndexedDB` as part of a session: databases, stores, indexes, records and the kinds of their values.

use crate::demo::Demo;
use crate::on_demo::project;

/// Fills databases on the site of the page, and tells what is in them as text.
const DATABASES: &str = r#"
    fn fill_databases() {
        evaluate(`async () => {
            const done = (request) => new Promise((yes, no) => {
                request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error);
            });
            const opening = indexedDB.open("app", 7);
            opening.onupgradeneeded = () => {
                const users = opening.result.createObjectStore("users", { keyPath: ["group", "id"] });
                users.createIndex("by mail", "mail", { unique: true });
                users.createIndex("by tag", "tags", { multiEntry: true });
                opening.result.createObjectStore("values");
                opening.result.createObjectStore("numbered", { keyPath: "id", autoIncrement: true });
                opening.result.createObjectStore("empty");
            };
            const database = await done(opening);
            const loop = { name: "loop", list: [1, , 3] };
            loop.self = loop;
            const bytes = new Uint8Array([0, 1, 254, 255]);
            const values = [
                undefined, null, true, 1.5, -0, NaN, Infinity, 12345678901234567890n, "text \u{1F600}",
                new Date(86400000), /a+b/gi, new Map([["a", { deep: [1] }], [2, new Set([1, "x"])]]), loop,
                bytes.buffer, bytes.subarray(1, 3), new Float64Array([1.25, -2]), new DataView(bytes.buffer, 1, 2),
                new Blob(["blob"], { type: "text/plain" }), new File(["file"], "a.txt", { type: "text/x", lastModified: 5 }),
                new TypeError("wrong"), Object("boxed"), { $runner: "mine", "__proto__x": 1 },
            ];
            const transaction = database.transaction(["users", "values", "numbered"], "readwrite");
            transaction.objectStore("users").put({ group: "a", id: 1, mail: "x@y", tags: ["one", "two"] });
            values.forEach((value, index) => transaction.objectStore("values").put(value, index));
            transaction.objectStore("values").put("by a date", new Date(5));
            transaction.objectStore("values").put("by bytes", bytes.buffer);
            transaction.objectStore("values").put("by a list", ["a", 1]);
            transaction.objectStore("numbered").put({ text: "first" });
            await new Promise((yes) => { transaction.oncomplete = yes; });
            database.close();
            (await done(indexedDB.open("second"))).close();
        }`);
    }

    fn told_databases() {
        evaluate(`async () => {
            const done = (request) => new Promise((yes, no) => {
                request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error);
            });
            const tell = async (value, seen = []) => {
                if (typeof value !== "object" || value === null) return typeof value + ":" + (Object.is(value, -0) ? "-0" : String(value));
                if (seen.includes(value)) return "again " + seen.indexOf(value);
                seen.push(value);
                const kind = Object.prototype.toString.call(value);
                if (value instanceof Blob) return [kind, value.type, value.name, value.lastModified && value.name ? value.lastModified : 0, await value.text()].join();
                if (value instanceof ArrayBuffer) return kind + new Uint8Array(value);
                if (ArrayBuffer.isView(value)) return [kind, value.byteOffset, value.byteLength, new Uint8Array(value.buffer)].join();
                if (value instanceof Date) return kind + value.getTime();
                if (value instanceof RegExp || value instanceof String) return kind + value;
                if (value instanceof Error) return kind + value.name + value.message;
                const parts = value instanceof Map || value instanceof Set ? [...value].flat() : Object.entries(value).flat();
                const told = [];
                for (const part of parts) told.push(await tell(part, seen));
                return kind + (value.length ?? "") + "(" + told + ")";
            };
            const lines = [];
            for (const { name, version } of (await indexedDB.databases()).sort((a, b) => a.name < b.name ? -1 : 1)) {
                lines.push(name + " " + version);
                const database = await done(indexedDB.open(name));
                for (const store of database.objectStoreNames) {
                    const open = database.transaction(store).objectStore(store);
                    lines.push([store, JSON.stringify(open.keyPath), open.autoIncrement].join());
                    for (const index of open.indexNames) {
                        const { keyPath, unique, multiEntry } = open.index(index);
                        lines.push([index, keyPath, unique, multiEntry].join());
                    }
                    const [keys, values] = await Promise.all([done(open.getAllKeys()), done(open.getAll())]);
                    for (let at = 0; at < keys.length; at += 1) lines.push(await tell(keys[at]) + " = " + await tell(values[at]));
                }
                database.close();
            }
            return lines;
        }`)
    }
"#;

#[test]
fn everything_in_them_comes_back_as_it_was() {
    let demo = Demo::start();
    let support = r#"
        export const full = define_session("full", || {
            visit("/");
            fill_databases();
            store("seen", "yes");
            let first = told_databases();
            visit(other_site + "/frame");
            evaluate("() => new Promise((yes) => { indexedDB.open('other', 2).onsuccess = yes; }).then(() => 1)");
            first
        });
    "#;
    let spec = r#"
        it("makes it", || use_session(full));
        it("has the same in it", || {
            use_session(full);
            let before = request("GET", "/api/stats").json.requests;
            visit("/");
            expect(told_databases()).to_equal(full.value());
            expect(told_databases().len()).to_be_greater_than(30);
            expect(stored("seen")).to_equal("yes");
            // Only this page was asked for: the databases were put without the server.
            let after = request("GET", "/api/stats").json.requests;
            expect(after["/"] - before["/"]).to_equal(1);
            visit(other_site + "/frame");
            expect(told_databases()).to_equal(["other 2"]);
        });
        it("the next record gets the next number", || {
            use_session(full);
            visit("/");
            let id = evaluate(`() => new Promise((yes) => {
                indexedDB.open("app").onsuccess = ({ target: { result: database } }) => {
                    database.transaction("numbered", "readwrite").objectStore("numbered").put({}).onsuccess =
                        ({ target }) => { database.close(); yes(target.result); };
                };
            })`);
            expect(id).to_equal(2);
        });
        let copy = define_session("copy", || { visit("/"); fill_databases(); store("seen", "yes"); });
        let from_copy = define_session("from copy", || { use_session(copy); visit("/"); url() });
        it("taken, put and taken again it is equal", || {
            use_session(copy);
            use_session(from_copy);
            let first = copy.data().storage;
            expect(first[0].databases.len()).to_equal(2);
            expect(from_copy.data().storage).to_equal(first);
        });
        it("they are told in counts", || use_session(copy));
    "#;
    for wire in ["devtools", "bidi"] {
        let project = project(&demo).support("databases.rhai", DATABASES).support("sessions.rhai", support);
        let report = project.spec("a.rhai", spec).args(["--wire", wire]).run_for_report();
        report.assert_all_passed(5);
        let told = report.test("they are told in counts");
        told.assert_step_notes(&["IndexedDB of http://127.0.0.1", "2 databases, 27 records"]);
        assert!(!report.screen().contains("x@y"));
    }
}

#[test]
fn a_page_that_deletes_them_stays_without() {
    let demo = Demo::start();
    let spec = r#"
        let full = define_session("full", || { visit("/"); fill_databases(); });
        it("makes it", || use_session(full));
        it("deletes them and loads again", || {
            use_session(full);
            visit("/");
            evaluate("() => new Promise((yes) => { indexedDB.deleteDatabase('app').onsuccess = () => yes(1); })");
            reload();
            expect(told_databases()).to_equal(["second 1"]);
        });
    "#;
    let project = project(&demo).support("databases.rhai", DATABASES).spec("a.rhai", spec);
    project.run_for_report().assert_all_passed(2);
}
