//! `totp`: the codes of an authenticator app.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rhai::{Engine, Map, NativeCallContext};

use crate::outcome::Failure;
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::function;
use crate::script::options::Options;
use crate::script::world::World;
use crate::session::{CodeAlgorithm, CodeRule, read_base32};

const OPTIONS: &[&str] = &["digits", "period", "algorithm"];

pub(super) fn register(engine: &mut Engine) {
    let doc = "The code an authenticator app would show for this Base32 secret. No code is given twice in a run: \
               the next one who asks waits for the next code, which is not counted against the test's time.";
    function("totp", &["secret: string"], doc)
        .register_into_engine(engine, |context: NativeCallContext, secret: &str| totp(&context, secret, Map::new()));
    function("totp", &["secret: string", "options: map"], "As `totp(secret)`; `digits`, `period`, `algorithm`.")
        .register_into_engine(engine, |context: NativeCallContext, secret: &str, options: Map| {
            totp(&context, secret, options)
        });
}

fn totp(context: &NativeCallContext, secret: &str, options: Map) -> Raw<String> {
    let world = World::of(context);
    world.redactor.add(secret);
    let rule = rule(secret, options).map_err(throw)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let claim = world.store.codes().claim(&rule, now);
    if !claim.wait.is_zero() {
        world.wait_for_others(tokio::time::sleep(claim.wait))?;
    }
    world.redactor.add(&claim.code);
    Ok(claim.code)
}

fn rule(secret: &str, options: Map) -> Result<CodeRule, Failure> {
    let options = Options::new("totp", options, OPTIONS)?;
    let secret = read_base32(secret).ok_or_else(|| {
        misuse("`totp` takes a secret in Base32: letters A to Z and digits 2 to 7")
            .advise("copy the key that the application offers for typing in, not the code it shows")
    })?;
    let digits = options.count("digits")?.unwrap_or(6);
    if !(6..=8).contains(&digits) {
        return Err(options.wrong("digits", "6, 7 or 8"));
    }
    let period = options.duration("period")?.unwrap_or(Duration::from_secs(30));
    if period.is_zero() {
        return Err(options.wrong("period", "a time such as \"30s\""));
    }
    let algorithm = match options.text("algorithm")?.map(|text| text.to_lowercase().replace('-', "")).as_deref() {
        None | Some("sha1") => CodeAlgorithm::Sha1,
        Some("sha256") => CodeAlgorithm::Sha256,
        Some("sha512") => CodeAlgorithm::Sha512,
        Some(_) => return Err(options.wrong("algorithm", "\"sha1\", \"sha256\" or \"sha512\"")),
    };
    Ok(CodeRule { secret, algorithm, digits, period })
}
