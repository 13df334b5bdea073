//! `to_have_screenshot`: a picture of the page or an element, compared with one beside the spec.

use std::time::Duration;

use rhai::{Array, Engine, Map, NativeCallContext};
use serde_json::Value;

use crate::browser::{ClipArea, Locator, Page, Reading, ScreenshotOptions};
use crate::outcome::{Artifact, Failure, FailureKind};
use crate::script::baseline::Baseline;
use crate::script::compare::{Comparison, compare, mask, width};
use crate::script::error::{Raw, misuse, throw};
use crate::script::expectation::Expectation;
use crate::script::handles::{LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::retrying::Retrying;
use crate::script::values::{described, number};
use crate::script::world::{Call, World};

const OPTIONS: &[&str] =
    &["mask", "threshold", "max_diff_pixels", "max_diff_pixel_ratio", "full_page", "clip", "animations", "timeout"];

/// How near two colours must be, where nothing is said; Playwright's value.
const THRESHOLD: f64 = 0.2;

/// Ends what ends, sets back what runs for ever, hides the caret; waits for fonts.
const STILL: &str = "async () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, *::before, *::after { caret-color: transparent !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const paused = [];
  for (const animation of document.getAnimations()) {
    if (animation.playState !== 'running' || !animation.effect) continue;
    if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
    else { paused.push(animation); animation.pause(); animation.currentTime = 0; }
  }
  Object.defineProperty(window, Symbol.for('runner.still'), { value: { sheet, paused }, configurable: true });
  await document.fonts.ready;
}";

const AGAIN: &str = "() => {
  const key = Symbol.for('runner.still');
  const { sheet, paused } = window[key] || { paused: [] };
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  for (const animation of paused) animation.play();
  delete window[key];
}";

pub(super) fn register(engine: &mut Engine) {
    let doc = "Waits until the page or the element looks as `SPEC.snapshots/NAME-BROWSER.png`; `-u` writes it. \
               Animations are ended and the caret is hidden. `mask` paints over what locators find; `threshold` \
               (0 to 1) is how near colours must be, `max_diff_pixels` and `max_diff_pixel_ratio` how much may differ.";
    function("to_have_screenshot", &["this: expectation", "name: string"], doc)
        .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, name: &str| {
            assert_picture(&context, e, name, Map::new())
        });
    function("to_have_screenshot", &["this: expectation", "name: string", "options: map"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, name: &str, options: Map| {
            assert_picture(&context, e, name, options)
        },
    );
}

/// What is photographed and how it is compared.
struct Shot {
    options: ScreenshotOptions,
    masks: Vec<Locator>,
    threshold: f64,
    most: Most,
    is_still: bool,
    timeout: Duration,
    viewport: f64,
}

/// How many pixels may differ.
#[derive(Clone, Copy)]
struct Most {
    pixels: u64,
    ratio: f64,
}

fn assert_picture(context: &NativeCallContext, expectation: &Expectation, name: &str, options: Map) -> Raw<()> {
    let world = World::of(context);
    let call = Call::new(context, format!("expect(...).to_have_screenshot({name:?})"));
    let options = Options::new("to_have_screenshot", options, OPTIONS).map_err(throw)?;
    let shot = shot(&world, &call, expectation, &options)?;
    let page = world.page(&call)?;
    let browser = world.settings.browser.name.to_string();
    let baseline = world.baseline(&call, (&format!("{name}-{browser}"), "png"))?;
    let expected = baseline.read()?;
    if world.settings.update_snapshots && !expectation.negated {
        let picture = settled(&world, &call, &page, &shot)?;
        let is_same = match &expected {
            Some(expected) => matches!(compare(expected, &picture, shot.threshold), Ok(Comparison::Pixels(0, ..))),
            None => false,
        };
        return if is_same { Ok(()) } else { baseline.write(&world, &picture) };
    }
    let Some(expected) = expected else {
        let picture = settled(&world, &call, &page, &shot)?;
        let failure = Failure::new(FailureKind::Assertion, format!("there is no picture {} yet", baseline.shown))
            .advise("write it with `-u` (`--update-snapshots`), and look at it before it is kept");
        return expectation.fail(context, with_pictures(&world, &call, failure, &[("actual", name, &picture)])?);
    };
    let mut retrying = Retrying::new(shot.timeout, None);
    loop {
        let picture = taken(&world, &call, &page, &shot)?;
        let compared = compare(&expected, &picture, shot.threshold)
            .map_err(|error| throw(misuse(format!("{} cannot be compared: {error}", baseline.shown))))?;
        let holds = match &compared {
            Comparison::Sizes(..) => false,
            Comparison::Pixels(count, all, _) => shot.most.allows(*count, *all),
        };
        if holds != expectation.negated {
            return Ok(());
        }
        if !retrying.again(&world, &call)? {
            let mut failure = refuted(expectation, &baseline, &compared, shot.most);
            failure.waited = Some(retrying.length());
            let mut pictures = vec![("expected", name, &expected), ("actual", name, &picture)];
            if let Comparison::Pixels(_, _, difference) = &compared {
                pictures.push(("diff", name, difference));
            }
            return expectation.fail(context, with_pictures(&world, &call, failure, &pictures)?);
        }
    }
}

impl Most {
    #[expect(clippy::cast_precision_loss, reason = "a picture has fewer pixels")]
    fn allows(self, count: u64, all: u64) -> bool {
        count <= self.pixels || (count as f64) <= self.ratio * all as f64
    }
}

fn shot(world: &World, call: &Call, expectation: &Expectation, options: &Options) -> Raw<Shot> {
    let subject = &expectation.subject;
    let element = match subject.read_lock::<LocatorValue>() {
        Some(value) => Some(world.locate(call, &value)?),
        None if subject.is::<PageValue>() => None,
        None => {
            let what = described(subject);
            return Err(throw(misuse(format!("`to_have_screenshot` needs a locator or a page, not {what}"))));
        }
    };
    let share = |key: &str| -> Result<Option<f64>, Failure> {
        match options.raw(key) {
            None => Ok(None),
            Some(value) => match number(value).filter(|share| (0.0..=1.0).contains(share)) {
                Some(share) => Ok(Some(share)),
                None => Err(options.wrong(key, "a number from 0 to 1")),
            },
        }
    };
    let is_still = match options.text("animations").map_err(throw)?.as_deref() {
        None | Some("disabled") => true,
        Some("allow") => false,
        Some(_) => return Err(throw(options.wrong("animations", "\"disabled\" or \"allow\""))),
    };
    let activity = world.activity_of(call)?;
    Ok(Shot {
        options: ScreenshotOptions {
            full_page: options.flag("full_page").map_err(throw)?.unwrap_or(false),
            clip: clip(options).map_err(throw)?,
            element,
        },
        masks: masks(options).map_err(throw)?,
        threshold: share("threshold").map_err(throw)?.unwrap_or(THRESHOLD),
        most: Most {
            pixels: options.count("max_diff_pixels").map_err(throw)?.map_or(0, u64::from),
            ratio: share("max_diff_pixel_ratio").map_err(throw)?.unwrap_or(0.0),
        },
        is_still,
        timeout: options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion),
        viewport: f64::from(activity.viewport.get().0),
    })
}

fn masks(options: &Options) -> Result<Vec<Locator>, Failure> {
    let Some(value) = options.raw("mask") else { return Ok(Vec::new()) };
    let wrong = || options.wrong("mask", "an array of locators");
    let items = value.read_lock::<Array>().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| item.read_lock::<LocatorValue>().map(|value| value.locator.clone()).ok_or_else(wrong))
        .collect()
}

fn clip(options: &Options) -> Result<Option<ClipArea>, Failure> {
    let Some(map) = options.map("clip")? else { return Ok(None) };
    let side = |key: &str| map.get(key).and_then(number);
    match (side("x"), side("y"), side("width"), side("height")) {
        (Some(x), Some(y), Some(width), Some(height)) => Ok(Some(ClipArea { x, y, width, height })),
        _ => Err(options.wrong("clip", "`#{ x, y, width, height }` in pixels")),
    }
}

/// A picture that is the same as the one before it.
fn settled(world: &World, call: &Call, page: &Page, shot: &Shot) -> Raw<Vec<u8>> {
    let mut retrying = Retrying::new(shot.timeout, None);
    let mut last = taken(world, call, page, shot)?;
    while retrying.again(world, call)? {
        let next = taken(world, call, page, shot)?;
        if next == last {
            break;
        }
        last = next;
    }
    Ok(last)
}

/// One picture, stilled and masked.
fn taken(world: &World, call: &Call, page: &Page, shot: &Shot) -> Raw<Vec<u8>> {
    let time = world.settings.timeouts.action;
    let (picture, boxes, origin) = world.wait(call, async {
        if shot.is_still {
            page.evaluate(STILL, &[], time).await?;
        }
        let picture = page.screenshot(&shot.options, time).await;
        let mut boxes = Vec::new();
        for locator in &shot.masks {
            boxes.push(page.read(locator, &Reading::Boxes, time).await?);
        }
        let origin = match &shot.options.element {
            Some(element) => page.read(element, &Reading::BoundingBox, time).await?,
            None => Value::Null,
        };
        if shot.is_still {
            page.evaluate(AGAIN, &[], time).await?;
        }
        Ok((picture?, boxes, origin))
    })?;
    let unreadable = |error: String| throw(misuse(format!("the screenshot cannot be read: {error}")));
    let side = |value: &Value, key: &str| value[key].as_f64().unwrap_or_default();
    let (left, top, css_width) = match (&shot.options.element, shot.options.clip) {
        (Some(_), _) => (side(&origin, "x"), side(&origin, "y"), side(&origin, "width")),
        (None, Some(clip)) if !shot.options.full_page => (clip.x, clip.y, clip.width),
        _ => (0.0, 0.0, shot.viewport),
    };
    let (x, y) = if shot.options.full_page { ("page_x", "page_y") } else { ("x", "y") };
    let areas: Vec<ClipArea> = boxes
        .iter()
        .flat_map(|boxes| boxes.as_array().into_iter().flatten())
        .map(|area| ClipArea {
            x: side(area, x) - left,
            y: side(area, y) - top,
            width: side(area, "width"),
            height: side(area, "height"),
        })
        .collect();
    let pixels = f64::from(width(&picture).map_err(unreadable)?);
    // An element's picture takes in pixels that it covers in part only.
    let scale = if css_width > 0.0 { (pixels / css_width).round().max(1.0) } else { 1.0 };
    mask(&picture, &areas, scale).map_err(unreadable)
}

fn refuted(expectation: &Expectation, baseline: &Baseline, compared: &Comparison, most: Most) -> Failure {
    let not = expectation.not();
    let title = format!("expected the picture {not}to be as {}", baseline.shown);
    let mut failure = Failure::new(FailureKind::Assertion, title);
    match compared {
        Comparison::Sizes(expected, found) => {
            failure.expected = Some(format!("{not}{} x {} pixels", expected.0, expected.1));
            failure.found = Some(format!("{} x {} pixels", found.0, found.1));
        }
        Comparison::Pixels(count, all, _) => {
            let share = if most.ratio > 0.0 { format!(", or {} % of them", most.ratio * 100.0) } else { String::new() };
            failure.expected = Some(format!("{not}at most {} pixels differ{share}", most.pixels));
            failure.found = Some(format!("{count} of {all} pixels differ"));
        }
    }
    failure.advise("where the new one is right, write it with `-u` (`--update-snapshots`)")
}

/// Writes pictures beside the other artifacts of the test and names them in the failure.
fn with_pictures(
    world: &World,
    call: &Call,
    mut failure: Failure,
    pictures: &[(&str, &str, &Vec<u8>)],
) -> Raw<Failure> {
    let activity = world.activity_of(call)?;
    for (kind, name, bytes) in pictures {
        let path = world
            .write_artifact(&activity, &format!("{name}-{kind}"), "png", bytes)
            .map_err(|error| throw(misuse(format!("the picture `{name}` could not be written: {error}"))))?;
        failure.artifacts.push(Artifact { name: (*kind).to_owned(), path, media_type: "image/png".to_owned() });
    }
    Ok(failure)
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![("to_have_screenshot", OPTIONS)]
}
