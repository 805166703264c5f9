//! A browser without a window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Pixels of a narrow phone.
pub const PHONE: u32 = 360;

/// How a page is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// On a desktop, by day.
    Light,
    /// On a desktop, by night.
    Dark,
    /// On a phone.
    Phone,
    /// On a desktop, at an anchor.
    At(&'static str),
}

/// Pixels of a picture.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 1150;

/// Writes a picture of what the page shows first.
pub fn picture(page: &Path, to: &Path, look: Look) -> Result<(), String> {
    let (page, width) = match look {
        Look::Light | Look::Dark => (page.to_owned(), WIDTH),
        Look::Phone => (framed(page, PHONE, "")?, PHONE),
        // A page itself would be pictured before it has moved there.
        Look::At(anchor) => (framed(page, WIDTH, anchor)?, WIDTH),
    };
    let mut args = vec![
        format!("--screenshot={}", to.display()),
        format!("--window-size={width},{HEIGHT}"),
    ];
    if look == Look::Dark {
        args.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    open(&page, &args).map(|_| ())
}

/// The document after its scripts have run.
pub fn dom(page: &Path) -> Result<String, String> {
    open(page, &["--dump-dom".to_owned()])
}

/// How wide the page gets on a phone.
pub fn width_on_phone(page: &Path) -> Result<u32, String> {
    let shown = dom(&framed(page, PHONE, "")?)?;
    let width = shown
        .split("<title>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let width = width.and_then(|text| text.parse().ok());
    width.ok_or_else(|| format!("measure {}: no width in {:.200}", page.display(), shown))
}

/// No window is as narrow as a phone, but a frame can be. It tells the width of what is in it as its title.
fn framed(page: &Path, width: u32, anchor: &str) -> Result<PathBuf, String> {
    let name = page.file_name().unwrap_or_default().to_string_lossy();
    let frame = page.with_extension("frame.html");
    let html = format!(
        "<!doctype html><title></title><style>body{{margin:0}}iframe{{border:0;display:block}}</style>\
         <iframe id=page width={width} height={HEIGHT} src=\"{name}#{anchor}\"></iframe>\
         <script>page.onload = () => document.title = page.contentDocument.documentElement.scrollWidth</script>\n"
    );
    fs::write(&frame, html).map_err(|error| format!("write {}: {error}", frame.display()))?;
    Ok(frame)
}

fn open(page: &Path, args: &[String]) -> Result<String, String> {
    let mut browser = Command::new("chromium");
    browser
        // Without a sandbox, since root has none; frames may look into files beside them.
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
        ])
        .args(args)
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = browser.output().map_err(|error| {
        format!("run chromium: {error}; on Debian, `apt-get install -y chromium` brings it")
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!(
            "open {}: the browser ended with {}",
            page.display(),
            output.status
        )),
    }
}
