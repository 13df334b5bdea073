//! Why a browser does not start, by what is said about it: [`usual_cause`].

/// A cause, by the words that give it away.
struct Cause {
    /// Any of these, as the programs write them.
    words: &'static [&'static str],
    advice: &'static str,
}

/// The surest first: a browser that misses a library says nothing else, while one without a display
/// says much.
const CAUSES: &[Cause] = &[
    Cause {
        words: &["shared libraries", "cannot open shared object"],
        advice: "install the libraries it names (`ldd BROWSER | grep 'not found'` lists them); a browser of the \
                 system's package manager brings them along",
    },
    Cause {
        words: &["/dev/shm", "shared memory"],
        advice: "give the container shared memory (`docker run --shm-size=1g`, or `--ipc=host`), or add \
                 `--disable-dev-shm-usage` to `args` of `[browser]`",
    },
    Cause {
        words: &["as root in a regular user's session"],
        advice: "set `HOME` to a folder of the user that runs the tests: Firefox refuses another user's",
    },
    Cause {
        words: &["sandbox"],
        advice: "run as a user who may make namespaces; in a container without them, add `--no-sandbox` to `args` \
                 of `[browser]`",
    },
    Cause { words: &["DISPLAY", "display"], advice: "leave `--headed` out, or give it a display (`xvfb-run`)" },
];

const OTHER_VERSION: &str = "install driver and browser of the same version from one place, such as `apt-get install \
                             chromium-headless-shell chromium-driver`";

const UNKNOWN: &str = "start the browser by hand to see what it says; usual causes: libraries that are missing, no \
                       display for `--headed`, no sandbox as root, little `/dev/shm`, a full disk";

/// What to do, by the driver's `reason` and what driver and browser have `said`.
pub(in crate::browser) fn usual_cause(reason: &str, said: &str) -> &'static str {
    let has = |cause: &Cause, text: &str| cause.words.iter().any(|word| text.contains(word));
    let by_words = |text: &str| CAUSES.iter().find(|cause| has(cause, text)).map(|cause| cause.advice);
    if reason.contains("only supports") {
        return OTHER_VERSION;
    }
    // The browser knows better than its driver.
    let known = by_words(said).or_else(|| by_words(reason));
    known.unwrap_or(if reason.contains("version") { OTHER_VERSION } else { UNKNOWN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_known_by_the_words_of_the_program() {
        let check = |said: &str, advice: &str| {
            let found = usual_cause("session not created: Chrome instance exited", said);
            assert!(found.contains(advice), "{said}: {found}");
        };
        check("error while loading shared libraries: libnss3.so: cannot open shared object file", "ldd");
        check("XPCOMGlueLoad error for file libmozgtk.so: cannot open shared object file", "ldd");
        check("Running as root without --no-sandbox is not supported.", "`--no-sandbox`");
        check("No usable sandbox! Update your kernel", "`--no-sandbox`");
        check("Creating shared memory in /dev/shm/.org.chromium.1 failed: No space left on device", "`docker run");
        check("Missing X server or $DISPLAY", "`xvfb-run`");
        check("Error: no DISPLAY environment variable specified", "`xvfb-run`");
        check("Running Firefox as root in a regular user's session is not supported.", "`HOME`");
        check("", "usual causes");
    }

    #[test]
    fn a_version_that_does_not_fit_comes_before_all() {
        let reason = "session not created: This version of ChromeDriver only supports Chrome version 90";
        assert!(usual_cause(reason, "no display").contains("of the same version"));
    }
}
