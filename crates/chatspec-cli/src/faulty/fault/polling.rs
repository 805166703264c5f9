//! Faults of long-polling: requests that break off, overlap, are too long, or call themselves something else.

#![expect(
    clippy::result_large_err,
    reason = "asked once a POST: boxing the answer would only hide the fault"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, pending};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Fault, fault};
use crate::http::{Asked, answer, each_post, intercept, wrap};
use crate::people::Shared;

/// Bodies are read up to here, which is above everything that the suite sends.
const BODY_MAX: usize = 64_000_000;

pub const FAULTS: &[Fault] = &[
    fault(
        "broken-post-deafens",
        "A session one of whose POSTs broke off is not heard any more.",
        |server| {
            let deaf = Deaf::default();
            wrap(server, move |request, next| {
                broken(deaf.clone(), request, next)
            });
        },
    ),
    fault(
        "second-get-answered",
        "A GET while another waits is answered as if nothing had come.",
        |server| {
            let waiting = Shared::<BTreeMap<String, u32>>::default();
            wrap(server, move |request, next| {
                overlapping(waiting.clone(), request, next)
            });
        },
    ),
    fault(
        "announced-length-awaited",
        "A body that announces too much is read to its end before it is refused.",
        |server| wrap(server, whole),
    ),
    fault(
        "media-type-unanswered",
        "A POST whose body is not text/plain is never answered.",
        |server| {
            wrap(server, |request: Request, next: Next| async move {
                let kind = request.headers().get(header::CONTENT_TYPE);
                let plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
                match request.method() == Method::POST && !plain {
                    true => pending().await,
                    false => next.run(request).await,
                }
            });
        },
    ),
    fault(
        "close-packet-ignored",
        "A packet 1 in a POST is overlooked.",
        |server| {
            each_post(server, |body| {
                let packets: Vec<&str> = body.split('\u{1e}').filter(|p| *p != "1").collect();
                match packets.is_empty() {
                    true => Err(answer(StatusCode::OK, "ok".to_owned())),
                    false => Ok(packets.join("\u{1e}")),
                }
            });
        },
    ),
    fault(
        "jsonp-callback-repeated",
        "A request for JSONP is answered with a script that repeats what stands in j.",
        |server| {
            intercept(server, |asked| {
                let callback = asked.value("j")?;
                Some(answer(StatusCode::OK, format!("___eio[{callback}](\"\");")))
            });
        },
    ),
];

/// Sessions that are not heard any more: their POSTs are answered and lost, and their GETs wait for ever.
#[derive(Clone, Default)]
pub struct Deaf(Shared<BTreeSet<String>>);

impl Deaf {
    /// From now on the session that a request names is not heard.
    pub fn add(&self, asked: &Asked) {
        self.0.open().extend(asked.value("sid").map(str::to_owned));
    }

    fn has(&self, asked: &Asked) -> bool {
        let sid = asked.value("sid");
        sid.is_some_and(|sid| self.0.open().contains(sid))
    }

    /// The answer to a request, if its session is heard before and after it.
    pub async fn answer(&self, asked: &Asked, next: impl Future<Output = Response>) -> Response {
        if self.has(asked) && asked.method == Method::POST {
            return answer(StatusCode::OK, "ok".to_owned());
        }
        let response = next.await;
        match self.has(asked) {
            true => pending().await,
            false => response,
        }
    }
}

/// A request that is under way. If it ends before it is done, its session is not heard any more.
struct Underway<'a> {
    deaf: &'a Deaf,
    asked: &'a Asked,
    done: bool,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.deaf.add(self.asked);
        }
    }
}

async fn broken(deaf: Deaf, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    if asked.method != Method::POST {
        return deaf.answer(&asked, next.run(request)).await;
    }
    let mut underway = Underway {
        deaf: &deaf,
        asked: &asked,
        done: false,
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return answer(StatusCode::BAD_REQUEST, String::new());
    };
    underway.done = true;
    let request = Request::from_parts(parts, Body::from(body));
    deaf.answer(&asked, next.run(request)).await
}

/// One GET that waits, until it is answered or given up.
struct Waiting(Shared<BTreeMap<String, u32>>, String);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(count) = self.0.open().get_mut(&self.1) {
            *count -= 1;
        }
    }
}

async fn overlapping(
    waiting: Shared<BTreeMap<String, u32>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    let sid = asked.value("sid").filter(|_| asked.method == Method::GET);
    let Some(sid) = sid.filter(|_| asked.is_for("polling")) else {
        return next.run(request).await;
    };
    let count = {
        let mut all = waiting.open();
        let count = all.entry(sid.to_owned()).or_default();
        *count += 1;
        *count
    };
    let _waits = Waiting(waiting.clone(), sid.to_owned());
    match count {
        1 => next.run(request).await,
        _ => answer(StatusCode::OK, "6".to_owned()),
    }
}

async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // What is longer than this would not be waited for, and nobody sends so much.
    match to_bytes(body, usize::MAX).await {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(_) => answer(StatusCode::BAD_REQUEST, String::new()),
    }
}
