//! What the test run needs of the system.

use std::path::Path;
use std::process::{Command, Stdio};

/// A program or file that must be there, and the Debian packages that bring it.
const NEEDS: [(&[&str], &[&str]); 9] = [
    (
        &["python3", "-c", "import ensurepip, venv"],
        &["python3", "python3-venv"],
    ),
    (&["node", "--version"], &["nodejs"]),
    (&["npm", "--version"], &["npm"]),
    (&["go", "version"], &["golang-go"]),
    (&["chromium", "--version"], &["chromium"]),
    (&["redis-server", "--version"], &["redis-server"]),
    (&["javac", "--version"], &["default-jdk-headless"]),
    (
        &["test", "-e", "/usr/share/java/jackson-databind.jar"],
        &["libjackson2-databind-java"],
    ),
    (
        &["pkg-config", "--exists", "openssl"],
        &["pkg-config", "libssl-dev"],
    ),
];

/// Installs what is missing, as root on Debian or Ubuntu.
///
/// # Errors
/// Elsewhere: the one command to run.
pub fn prepare() -> Result<(), String> {
    let missing: Vec<&str> = NEEDS
        .iter()
        .filter(|(probe, _)| !works(probe))
        .flat_map(|(_, packages)| packages.iter().copied())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!(
        "the tests need {}; run:\n  sudo apt-get install -y {}",
        missing.join(", "),
        missing.join(" ")
    );
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        return Err(by_hand);
    }
    println!("installing {}", missing.join(" "));
    let apt = |args: &[&str]| {
        let status = Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
        status.is_ok_and(|status| status.success())
    };
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    if apt(&["update", "-qq"]) && apt(&install) {
        Ok(())
    } else {
        Err(by_hand)
    }
}

fn works(probe: &[&str]) -> bool {
    let status = Command::new(probe[0])
        .args(&probe[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
