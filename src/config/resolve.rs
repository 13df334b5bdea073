//! Defaults < file < environment and flags: [`resolve`] makes [`Settings`] of them.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::model::ProjectName;

use super::browsers::{BrowserName, BrowserSettings, WireName};
use super::choice::Choice;
use super::error::ConfigError;
use super::file::{self, BrowserExtras, ConfigFile};
use super::layer::Layer;
use super::limits::Workers;
use super::origin::{Given, Origin};
use super::outputs::{Reports, SessionCacheSettings};
use super::paths;
use super::profile::with_profile;
use super::project::{Project, chosen};
use super::remote::{Remote, RemoteTexts};
use super::selection::{Selection, pattern, split_line};
use super::server::Application;
use super::settings::Settings;
use super::shard::Shard;
use super::timeouts::{Timeouts, timeout};

/// Time for a browser of a Grid, where others may have every slot: as long as a Grid itself lets
/// somebody wait.
const REMOTE_START: Duration = Duration::from_secs(300);

const DEFAULT_SPECS: &str = "specs";
const DEFAULT_SUPPORT: &str = "support";
const DEFAULT_OUTPUT: &str = "test-results";
const DEFAULT_SESSION_CACHE: &str = ".runner/sessions";
/// In the folder of artifacts, unless said otherwise.
const HISTORY: &str = "history.json";
const DEFAULT_TEST_ID: &str = "data-testid";

/// What settings depend on beside what somebody wrote.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Where the program was started; absolute.
    pub working_directory: PathBuf,
    /// A CI service runs us: the variable `CI` is set.
    pub is_ci: bool,
    /// Cores this process may use.
    pub cores: usize,
    /// Gives a port nobody uses.
    pub free_port: fn() -> io::Result<u16>,
    /// A number by chance, for an order by chance.
    pub seed: u64,
}

impl Surroundings {
    /// Those of this process.
    ///
    /// # Errors
    /// Where the working directory is gone.
    pub fn of_process() -> io::Result<Self> {
        Ok(Self {
            working_directory: std::env::current_dir()?,
            is_ci: Self::is_ci_process(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            free_port,
            // Short enough to be typed again.
            seed: fastrand::u64(..1_000_000),
        })
    }

    /// Whether a CI service runs this process.
    pub fn is_ci_process() -> bool {
        let ci = std::env::var("CI").unwrap_or_default();
        !matches!(ci.as_str(), "" | "0" | "false")
    }
}

/// A port that is free on both loopback addresses: a server may listen on either or both.
fn free_port() -> io::Result<u16> {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            // Without IPv6 there is nothing to collide with.
            Ok(_) | Err(_) => return Ok(port),
        }
    }
}

/// Reads the configuration file and joins everything. `config` names the file, where somebody did.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn resolve(flags: Layer, config: Option<&Given<String>>, around: &Surroundings) -> Result<Settings, ConfigError> {
    let path = file::find(config, &around.working_directory)?;
    let (root, file) = match &path {
        Some(path) => {
            let folder = path.parent().expect("a path to a file has a parent");
            (folder.to_path_buf(), ConfigFile::open(path, &around.working_directory)?)
        }
        None => (around.working_directory.clone(), ConfigFile::default()),
    };
    let mut file = with_profile(file, flags.profile.as_ref())?;
    let projects = chosen(std::mem::take(&mut file.projects), &flags.projects)?;
    let places = Places { working_directory: &around.working_directory, root: &root };
    let base_url = flags.base_url.as_ref().or(file.layer.base_url.as_ref());
    let application = Application::resolve(base_url, file.server.as_ref(), around.free_port)?;
    let of_project = |Project { name, settings }| {
        let base_url = if flags.base_url.is_none() { settings.layer.base_url.clone() } else { None };
        let settings = complete(&flags, settings.over(file.clone()), &places, around)?;
        Ok(Arc::new(Settings {
            base_url: application.address_of(base_url.as_ref())?,
            project: Some(ProjectName::new(name)),
            config: path.clone(),
            ..settings
        }))
    };
    let projects = projects.into_iter().map(of_project).collect::<Result<_, _>>()?;
    let settings = complete(&flags, file.clone(), &places, around)?;
    let Application { base_url, server } = application;
    Ok(Settings { base_url, server, projects, config: path, ..settings })
}

/// Settings without the application under test, which belongs to the run as a whole.
fn complete(
    flags: &Layer,
    file: ConfigFile,
    places: &Places<'_>,
    around: &Surroundings,
) -> Result<Settings, ConfigError> {
    let ConfigFile { layer, server: _, browser, test_id_attribute, env, profiles: _, projects: _ } = file;
    let layer = flags.clone().over(layer);
    let root = places.root;
    let (roots, lines) = places.specs(&layer)?;
    let output = places.path(layer.output.as_ref()).unwrap_or_else(|| root.join(DEFAULT_OUTPUT));
    Ok(Settings {
        paths: roots,
        support: places.support(&layer)?,
        base_url: None,
        timeouts: timeouts(&layer)?,
        retries: number(layer.retries.as_ref(), 0)?.unwrap_or(0),
        workers: parse(layer.workers.as_ref(), Workers::parse)?.unwrap_or_default().on(around.cores),
        parallel: parse(layer.parallel.as_ref(), Choice::parse)?.unwrap_or_default(),
        isolation: parse(layer.isolation.as_ref(), Choice::parse)?.unwrap_or_default(),
        selection: selection(&layer, lines, around.is_ci)?,
        max_failures: number(layer.max_failures.as_ref(), 1)?,
        shuffle: parse(layer.shuffle.as_ref(), seed)?.map(|seed| seed.unwrap_or(around.seed)),
        repeat_each: number(layer.repeat_each.as_ref(), 1)?.unwrap_or(1),
        shard: parse(layer.shard.as_ref(), Shard::parse)?,
        update_snapshots: is_on(layer.update_snapshots.as_ref()),
        fail_on_flaky: is_on(layer.fail_on_flaky.as_ref()),
        global_timeout: timeout(layer.global_timeout.as_ref())?,
        browser: places.browser(&layer, browser, &env)?,
        server: None,
        reports: Reports { junit: places.path(layer.junit.as_ref()), json: places.path(layer.json.as_ref()) },
        session_cache: SessionCacheSettings {
            folder: places.path(layer.session_cache.as_ref()).unwrap_or_else(|| root.join(DEFAULT_SESSION_CACHE)),
            keeps_all: layer.session_cache.is_some(),
        },
        history: places.path(layer.history.as_ref()).unwrap_or_else(|| output.join(HISTORY)),
        output,
        color: parse(layer.color.as_ref(), Choice::parse)?.unwrap_or_default(),
        quiet: is_on(layer.quiet.as_ref()),
        verbose: is_on(layer.verbose.as_ref()),
        test_id_attribute: parse(test_id_attribute.as_ref(), attribute_name)?
            .unwrap_or_else(|| DEFAULT_TEST_ID.to_owned()),
        env,
        config: None,
        projects: Vec::new(),
        project: None,
        root: root.to_path_buf(),
    })
}

/// A spec and a line in it.
type Line = (PathBuf, u32);

/// What relative paths are relative to.
struct Places<'a> {
    working_directory: &'a Path,
    root: &'a Path,
}

impl Places<'_> {
    fn base(&self, origin: &Origin) -> &Path {
        origin.base(self.working_directory, self.root)
    }

    fn path(&self, given: Option<&Given<String>>) -> Option<PathBuf> {
        given.map(|given| paths::absolute(self.base(&given.origin), &given.value))
    }

    /// Specs and folders, and the lines asked for in some of them.
    fn specs(&self, layer: &Layer) -> Result<(Vec<PathBuf>, Vec<Line>), ConfigError> {
        if layer.paths.is_empty() {
            return Ok((vec![self.root.join(DEFAULT_SPECS)], Vec::new()));
        }
        let (mut whole, mut lines) = (Vec::new(), Vec::new());
        for given in &layer.paths {
            let base = self.base(&given.origin);
            match split_line(&given.value) {
                (file, Some(line)) if !base.join(&given.value).exists() => {
                    let path = paths::existing(base, file, given)?;
                    if path.is_dir() {
                        let message = format!("`{file}` is a folder, so it has no line {line}");
                        return Err(ConfigError::value(&given.origin, message));
                    }
                    lines.push((path, line));
                }
                _ => whole.push(paths::existing(base, &given.value, given)?),
            }
        }
        // What is asked for as a whole is not narrowed by a line of it.
        lines.retain(|(file, _)| !whole.iter().any(|path| file.starts_with(path)));
        let mut roots = whole;
        roots.extend(lines.iter().map(|(file, _)| file.clone()));
        roots.dedup();
        Ok((roots, lines))
    }

    fn support(&self, layer: &Layer) -> Result<PathBuf, ConfigError> {
        let Some(given) = &layer.support else { return Ok(self.root.join(DEFAULT_SUPPORT)) };
        let path = paths::existing(self.base(&given.origin), &given.value, given)?;
        if !path.is_dir() {
            let message = format!("`{}` is a file; support scripts are found by their folder", given.value);
            return Err(ConfigError::value(&given.origin, message));
        }
        Ok(path)
    }

    fn browser(
        &self,
        layer: &Layer,
        extras: BrowserExtras,
        env: &BTreeMap<String, String>,
    ) -> Result<BrowserSettings, ConfigError> {
        let defaults = BrowserSettings::default();
        let texts = RemoteTexts {
            headers: extras.webdriver_headers,
            capabilities: extras.capabilities,
            origin: extras.place.map_or(Origin::Default, |place| Origin::File(Box::new(place))),
        };
        let lookup = |name: &str| std::env::var(name).ok().or_else(|| env.get(name).cloned());
        let remote = Remote::resolve(layer.webdriver_url.as_ref(), texts, &lookup)?;
        let start_timeout = if remote.url.is_some() { REMOTE_START } else { defaults.start_timeout };
        let executable = |given: Option<&Given<String>>| {
            given.map(|given| paths::executable(self.base(&given.origin), &given.value))
        };
        Ok(BrowserSettings {
            name: parse(layer.browser.as_ref(), BrowserName::parse)?.unwrap_or_default(),
            headed: is_on(layer.headed.as_ref()),
            driver: executable(layer.driver.as_ref()),
            binary: executable(layer.browser_path.as_ref()),
            webdriver_url: remote.url,
            webdriver_headers: remote.headers,
            secrets: remote.secrets,
            wire: parse(layer.wire.as_ref(), WireName::parse)?,
            args: extras.args.unwrap_or_default(),
            capabilities: remote.capabilities,
            viewport: viewport(extras.viewport)?.unwrap_or(defaults.viewport),
            start_timeout: timeout(extras.start_timeout.as_ref())?.unwrap_or(start_timeout),
        })
    }
}

fn timeouts(layer: &Layer) -> Result<Timeouts, ConfigError> {
    let defaults = Timeouts::default();
    Ok(Timeouts {
        test: timeout(layer.test_timeout.as_ref())?.unwrap_or(defaults.test),
        hook: timeout(layer.hook_timeout.as_ref())?.unwrap_or(defaults.hook),
        action: timeout(layer.action_timeout.as_ref())?.unwrap_or(defaults.action),
        navigation: timeout(layer.navigation_timeout.as_ref())?.unwrap_or(defaults.navigation),
        assertion: timeout(layer.assertion_timeout.as_ref())?.unwrap_or(defaults.assertion),
        verify: timeout(layer.verify_timeout.as_ref())?.unwrap_or(defaults.verify),
    })
}

fn selection(layer: &Layer, lines: Vec<Line>, is_ci: bool) -> Result<Selection, ConfigError> {
    Ok(Selection {
        grep: pattern(layer.grep.as_ref())?,
        grep_invert: pattern(layer.grep_invert.as_ref())?,
        tags: layer.tags.as_ref().map(|given| given.value.clone()),
        lines,
        last_failed: is_on(layer.last_failed.as_ref()),
        only_changed: layer.only_changed.as_ref().map(|given| given.value.clone()),
        forbid_only: layer.forbid_only.as_ref().map_or(is_ci, |given| given.value),
        pass_with_no_tests: is_on(layer.pass_with_no_tests.as_ref()),
    })
}

/// A page no one can see, or one no screenshot can hold, is a slip of the finger.
fn viewport(given: Option<Given<(u32, u32)>>) -> Result<Option<(u32, u32)>, ConfigError> {
    const LARGEST: u32 = 16_384;
    let Some(Given { value: (width, height), origin }) = given else { return Ok(None) };
    if [width, height].iter().any(|side| !(1..=LARGEST).contains(side)) {
        return Err(ConfigError::value(&origin, format!("width and height are pixels from 1 to {LARGEST}")));
    }
    Ok(Some((width, height)))
}

fn is_on(given: Option<&Given<bool>>) -> bool {
    given.is_some_and(|given| given.value)
}

fn number(given: Option<&Given<String>>, least: u32) -> Result<Option<u32>, ConfigError> {
    parse(given, |text| {
        text.parse()
            .ok()
            .filter(|number| *number >= least)
            .ok_or_else(|| format!("`{text}` is not a whole number from {least}"))
    })
}

/// A seed; none for `random`.
fn seed(text: &str) -> Result<Option<u64>, String> {
    if text == "random" {
        return Ok(None);
    }
    let wrong =
        |_| format!("`{text}` is not a seed; write a whole number such as `--shuffle=42`, or `--shuffle` alone");
    text.parse().map(Some).map_err(wrong)
}

fn attribute_name(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
    if is_name { Ok(text.to_owned()) } else { Err(format!("`{text}` is not the name of an attribute")) }
}

fn parse<T>(
    given: Option<&Given<String>>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    given.map(|given| parse(&given.value).map_err(|message| ConfigError::value(&given.origin, message))).transpose()
}

#[cfg(test)]
mod tests;
