//! Links of JSON whose ends are whole numbers or plain texts, as nearly all are: they are read without a copy of anything.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::graph_rows::Id;

/// What is used of a link. Reading it is an error where an end is of another kind or a key comes twice.
#[derive(Default)]
pub(super) struct Link<'de> {
    pub(super) source: Option<Id<'de>>,
    pub(super) target: Option<Id<'de>>,
    /// A number as it stands.
    pub(super) weight: Option<&'de str>,
}

enum Key {
    Source,
    Target,
    Weight,
    /// An object whose keys count as the link's own.
    Inside,
    Other,
}

impl<'de> DeserializeSeed<'de> for &mut Link<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Link<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let is_usual = match key {
                Key::Source => self.source.replace(map.next_value_seed(IdSeed)?).is_none(),
                Key::Target => self.target.replace(map.next_value_seed(IdSeed)?).is_none(),
                Key::Weight => {
                    let text = map.next_value::<&RawValue>()?.get();
                    self.weight.replace(text).is_none()
                        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
                }
                Key::Inside => map.next_value_seed(&mut *self).map(|()| true)?,
                Key::Other => map.next_value::<IgnoredAny>().map(|_| true)?,
            };
            if !is_usual {
                return Err(A::Error::custom("an unusual link"));
            }
        }
        Ok(())
    }
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key, E> {
        Ok(match key {
            "source" | "from" => Key::Source,
            "target" | "to" => Key::Target,
            "weight" | "value" => Key::Weight,
            "attributes" | "data" => Key::Inside,
            _ => Key::Other,
        })
    }

    /// A key with escapes is none of those.
    fn visit_str<E>(self, _: &str) -> Result<Key, E> {
        Ok(Key::Other)
    }
}

struct IdSeed;

impl<'de> DeserializeSeed<'de> for IdSeed {
    type Value = Id<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Id<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for IdSeed {
    type Value = Id<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a plain text")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Id<'de>, E> {
        Ok(Id::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Id<'de>, E> {
        Ok(Id::Text(text))
    }
}
