use unicode_security::confusable_detection::skeleton;

use super::NameKey;

/// What a name looks like: two names with equal skeletons are confusable (Unicode Technical Standard 39).
///
/// It is taken from the key, so that case makes no difference (rule `name.confusable`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skeleton(Box<str>);

impl Skeleton {
    /// The skeleton of the name with this key.
    pub fn of(key: &NameKey) -> Self {
        Self(skeleton(key.as_str()).collect::<String>().into_boxed_str())
    }

    /// The skeleton itself. It is for comparison, not for display.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
