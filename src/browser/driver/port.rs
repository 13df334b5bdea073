//! How a driver is given a port, and how the one it took is learned ([`announced`], [`listening`]).

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// How a driver tells its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// It takes any free one and says which.
    Says,
    /// It takes any free one and says nothing: the kernel's table of sockets tells.
    Listens,
    /// It takes the one it is given, and cannot choose.
    Obeys,
}

impl Telling {
    /// By the name of the program.
    pub(super) fn of(name: &str) -> Self {
        match name {
            name if name.contains("WebKitWebDriver") => Self::Listens,
            name if name.contains("safaridriver") => Self::Obeys,
            _ => Self::Says,
        }
    }
}

/// The arguments that make the driver `name` listen on `port`; 0 lets it choose.
pub(super) fn arguments(name: &str, port: u16) -> Vec<String> {
    let port = port.to_string();
    if name.contains("gecko") {
        // The port of the BiDi socket is one and the same for all geckodrivers otherwise.
        ["--port", &port, "--websocket-port", "0"].map(str::to_owned).to_vec()
    } else if name.contains("safaridriver") {
        vec!["--port".to_owned(), port]
    } else {
        vec![format!("--port={port}")]
    }
}

/// A port that is free now. Somebody may take it before the driver does, which then says so and ends.
pub(super) fn free() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Somebody listens there.
pub(super) fn accepts(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok()
}

/// The port in "`ChromeDriver` was started successfully on port 1234." or "Listening on
/// 127.0.0.1:1234". The line before it says "on port 0", which is none.
pub(super) fn announced(line: &str) -> Option<u16> {
    let rest = line.split_once("successfully on port ").or_else(|| line.split_once("Listening on "))?.1;
    let rest = rest.rsplit_once(':').map_or(rest, |(_, port)| port);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|port| *port != 0)
}

/// The port on 127.0.0.1 the process listens on, by `/proc`; `None` as long as there is none.
pub(super) fn listening(process: u32) -> Option<u16> {
    let sockets: HashSet<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .ok()?
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).ok()?;
    listening_in(&table, &sockets)
}

/// Columns: number, local address, remote address, state (`0A` is listening), ..., inode as tenth.
fn listening_in(table: &str, sockets: &HashSet<String>) -> Option<u16> {
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_ours = fields.get(3) == Some(&"0A") && sockets.contains(*fields.get(9)?);
        let (_, port) = fields.get(1)?.rsplit_once(':')?;
        u16::from_str_radix(port, 16).ok().filter(|_| is_ours)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_read_from_a_greeting() {
        assert_eq!(announced("ChromeDriver was started successfully on port 1234."), Some(1234));
        assert_eq!(announced("1780 geckodriver INFO Listening on 127.0.0.1:4444"), Some(4444));
        assert_eq!(announced("Starting ChromeDriver 156 on port 0"), None);
    }

    #[test]
    fn the_port_of_a_silent_driver_is_seen() {
        let table = "  sl  local_address rem_address   st\n   \
             0: 0100007F:1F90 00000000:0000 01 00000000:00000000 00:00000000 00000000 0 0 7 1\n   \
             1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 7 1\n";
        assert_eq!(listening_in(table, &HashSet::from(["7".to_owned()])), Some(8081));
        assert_eq!(listening_in(table, &HashSet::from(["8".to_owned()])), None);
    }
}
