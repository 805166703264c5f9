//! Panics of the server, which its tasks swallow. A world is played on one thread, so they are that thread's.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes panics from now on, and tells of them as before.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            SEEN.with_borrow_mut(|seen| seen.push(info.to_string()));
            tell(info);
        }));
    });
}

/// Those of this thread since the last call.
pub fn taken() -> Vec<String> {
    SEEN.take()
}
