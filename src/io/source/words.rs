//! Words of messages: grouped counts, quoted text, file names.

/// A count with separators: `2708` is `2,708`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text that was found, quoted, cut short and with control characters escaped.
pub(crate) fn found(bytes: &[u8]) -> String {
    const MAX_CHARS: usize = 40;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_CHARS + 4)]);
    if text.chars().count() <= MAX_CHARS {
        return format!("{text:?}");
    }
    let short: String = text.chars().take(MAX_CHARS).collect();
    format!("{:?}", short + "…")
}

/// File name without its folders, in lower case.
pub(crate) fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")];
        for (count, text) in cases {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn found_text_is_short_and_printable() {
        assert_eq!(found(b"a\tb"), r#""a\tb""#);
        assert_eq!(found(&[b'x'; 100]), format!("\"{}…\"", "x".repeat(40)));
        assert_eq!(found(&[0xff]), "\"\u{fffd}\"");
    }
}
