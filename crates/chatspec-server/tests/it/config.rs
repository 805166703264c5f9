//! Settings: each source, which stands above which, and what is said of those that cannot be used.

use std::time::Duration;

use chatspec_server::{Config, ConfigError, Place, TABLE};

const FILE: &str = "chat.toml";

fn file(text: &str) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    config.lay_file(FILE, text).map(|()| config)
}

fn environment(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config.lay_environment(variables).map(|()| config)
}

fn flag(key: &str, value: &str) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    let setting = TABLE
        .iter()
        .find(|setting| setting.key() == key)
        .expect("a setting");
    config
        .lay_flag(setting, &[value.to_owned()])
        .map(|()| config)
}

#[test]
fn every_source_sets_the_same() {
    let expected = Config {
        ping_interval: Duration::from_millis(300),
        ..Config::default()
    };
    assert_eq!(file("ping-interval = 300"), Ok(expected.clone()));
    assert_eq!(
        environment(&[("CHATSPEC_PING_INTERVAL", "300")]),
        Ok(expected.clone())
    );
    assert_eq!(flag("ping-interval", "300"), Ok(expected));
    assert_eq!(file(""), Ok(Config::default()));
}

#[test]
fn what_is_laid_later_stands_above() {
    let mut config = file("headers = 10\nping-timeout = 100\nmax-payload = 1_000").expect("a file");
    let variables = [("CHATSPEC_HEADERS", "11"), ("CHATSPEC_PING_TIMEOUT", "110")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    config.lay_environment(variables).expect("variables");
    let headers = TABLE.iter().find(|setting| setting.name == "headers");
    config
        .lay_flag(headers.expect("a setting"), &["12".to_owned()])
        .expect("a flag");
    assert_eq!(config.headers, 12);
    assert_eq!(config.ping_timeout, Duration::from_millis(110));
    assert_eq!(config.max_payload, 1_000);
}

#[test]
fn a_mistake_in_a_file_is_shown_where_it_is() {
    for (text, line, says) in [
        (
            "# one\nping_interval = 300",
            2,
            "no setting \"ping_interval\"",
        ),
        ("[limits]\nheaders = 9", 1, "no setting \"limits\""),
        (
            "\n\nheaders = 7",
            3,
            "headers: 7 is out of bounds; write a whole number from 8 to 1000",
        ),
        ("headers = \"9\"", 1, "headers takes no string"),
        ("headers = 9.5", 1, "headers takes no float"),
        ("headers = -9", 1, "headers: \"-9\" is no number"),
        ("headers = 0x10", 1, "headers takes no integer"),
        (
            "tls-cert = 1",
            1,
            "tls-cert takes no integer; write a string",
        ),
        ("headers = 9\nheaders = 9", 2, "duplicate key"),
        (
            "json-logs = 1",
            1,
            "json-logs takes no integer; write true or false",
        ),
        ("listen = \"\"", 1, "listen: is empty"),
        (
            "allow-origin = \"*\"",
            1,
            "allow-origin takes no string; write strings",
        ),
        (
            "allow-origin = [1]",
            1,
            "write strings in quotes, in square brackets",
        ),
        (
            "allow-origin = [\"talk.example\"]",
            1,
            "allow-origin: \"talk.example\" cannot be used; write an origin such as",
        ),
        (
            "trusted-proxy = [\"10.0.0\"]",
            1,
            "trusted-proxy: \"10.0.0\" cannot be used",
        ),
        ("ping-interval = 300\n\nheaders = ", 3, "write TOML"),
    ] {
        let error = file(text).expect_err(text);
        let place = Place::File {
            file: FILE.to_owned(),
            line,
        };
        assert_eq!(error.place, place, "{text:?}: {error}");
        assert!(error.to_string().contains(says), "{text:?}: {error}");
    }
}

#[test]
fn a_mistake_elsewhere_is_named() {
    let error = environment(&[("CHATSPEC_PING", "300")]).expect_err("no setting");
    assert!(
        error
            .to_string()
            .starts_with("CHATSPEC_PING: there is no setting"),
        "{error}"
    );
    let error = environment(&[("CHATSPEC_HEADERS", "many")]).expect_err("no number");
    assert!(
        error
            .to_string()
            .starts_with("CHATSPEC_HEADERS: \"many\" is no number"),
        "{error}"
    );
    let error = flag("max-payload", "0").expect_err("too small");
    assert_eq!(
        error.to_string(),
        "--max-payload: 0 is out of bounds; write a whole number from 1 to 100000000"
    );
    let several = environment(&[("CHATSPEC_ALLOW_HOST", "a.example, b.example,")]);
    assert_eq!(several.expect("two names").allow_host.len(), 2);
    // Not ours, or no settings.
    let others = [
        ("PATH", "/bin"),
        ("CHATSPEC_URL", "http://x"),
        ("CHATSPEC_CONFIG", "x"),
    ];
    assert_eq!(environment(&others), Ok(Config::default()));
}

#[test]
fn what_is_written_can_be_read() {
    let config = Config {
        drain_timeout: Duration::from_millis(1_234),
        tls_cert: Some("a \"b\" \\ c".into()),
        tls_key: Some("key".into()),
        json_logs: true,
        allow_origin: ["*", "https://talk.example", "http://[::1]:8080"]
            .map(|text| text.parse().expect("an origin"))
            .into(),
        allow_host: vec!["talk.example".parse().expect("a name")],
        trusted_proxy: vec![[10, 0, 0, 1].into()],
        ..Config::default()
    };
    let text = config.to_toml();
    assert_eq!(file(&text), Ok(config), "{text}");
    assert_eq!(file(&Config::default().to_toml()), Ok(Config::default()));
    for setting in TABLE {
        assert!(
            text.contains(&format!("{} = ", setting.key())),
            "{setting:?}"
        );
        assert!(setting.doc().ends_with('.'), "{setting:?}");
    }
}

#[test]
fn a_configuration_made_in_code_is_checked_as_well() {
    assert_eq!(Config::default().check(), Ok(()));
    let config = Config {
        buffer_packets: 0,
        ..Config::default()
    };
    let error = config.check().expect_err("too small");
    assert_eq!(error.place, Place::Field("buffer_packets"));
    let config = Config {
        tls_key: Some("key".into()),
        ..Config::default()
    };
    assert!(
        config
            .check()
            .expect_err("no pair")
            .to_string()
            .contains("tls-cert")
    );
}
