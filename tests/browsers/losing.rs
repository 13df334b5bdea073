//! Runs that lose their browser, or are ended, in the middle of a command that is never answered.

use nix::sys::signal::Signal;

use crate::demo::Demo;
use crate::harness::{Finished, Project, Running};
use crate::on_demo::project;
use crate::silent::SilentServer;

/// A run whose second test hangs at its first try; with what a browser needs in its arguments.
fn hanging(demo: &Demo, silent: &SilentServer, args: [&str; 2]) -> Running {
    let spec = r#"
        it("passes before", || visit("/"));
        it("loses its browser", || {
            if next_number() == 1 { visit(env("SILENT"), #{ timeout: "60s" }); }
        });
        it("passes afterwards", || visit("/"));
    "#;
    let project: Project = project(demo).spec("a.rhai", spec).env("SILENT", silent.url()).args(args);
    let running = project.args(["--timeout", "60s", "--report-json", "report.json"]).spawn();
    silent.wait_for_request();
    running
}

/// Kills `program` in the first attempt; the second one has nothing to wait for, and passes.
#[track_caller]
pub(crate) fn check_replaced(program: &str, args: [&str; 2]) -> Finished {
    let (demo, silent) = (Demo::start(), SilentServer::start());
    let running = hanging(&demo, &silent, args);
    assert!(running.kill_children(program) > 0, "no {program} was running");
    let finished = running.finish();
    assert_eq!(finished.status, 0, "{program}, {args:?}\n{}", finished.screen());
    finished.assert_nothing_left();
    let report = finished.report("report.json");
    report.assert_all_passed(3);
    assert_eq!(report.test("loses its browser").attempts(), 2, "{}", report.screen());
    finished
}

/// Ends the run by each signal; nothing is left of it.
#[track_caller]
pub(crate) fn check_ended(args: [&str; 2]) -> Vec<Finished> {
    let ended = [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)].map(|(signal, status)| {
        let (demo, silent) = (Demo::start(), SilentServer::start());
        let running = hanging(&demo, &silent, args);
        running.signal(signal);
        let finished = running.finish();
        assert_eq!(finished.status, status, "{}", finished.screen());
        finished.assert_nothing_left();
        finished
    });
    ended.into()
}
