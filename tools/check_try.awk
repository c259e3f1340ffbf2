# SPDX-License-Identifier: GPL-3.0-or-later
# Looks at what stands before and after each TRY(…), back to the start of its statement.

# A line of code without comments, texts and directives, so that brackets can be counted.
function bare(line) {
  gsub(/\\\\|\\"|\\'/, "", line)
  gsub(/"[^"]*"/, "0", line)
  gsub(/'[^']'/, "0", line)
  sub(/\/\/.*/, "", line)
  if (line ~ /^[ \t]*#/ || in_directive) {
    in_directive = line ~ /\\$/
    return ";"
  }
  return line
}

# The position behind the bracket that closes the one at `open`.
function behind_bracket(text, open, depth, i, character) {
  depth = 0
  for (i = open; i <= length(text); i++) {
    character = substr(text, i, 1)
    if (character == "(") depth++
    if (character == ")" && --depth == 0) return i + 1
  }
  return i
}

# What stands between the start of the statement and the TRY.
function head_of(text, i, character) {
  for (i = length(text); i > 0; i--) {
    character = substr(text, i, 1)
    if (character == ";" || character == "{" || character == "}") break
  }
  text = substr(text, i + 1)
  gsub(/[ \t\n]+/, " ", text)
  gsub(/^ | $/, "", text)
  sub(/^[^()]*\) ?/, "", text)  # the end of a for's head
  return text
}

function is_lawful(head, next_character) {
  if (head ~ /^(else )?(if|while|switch) ?\(!?$/) return next_character == ")"  # the whole condition
  if (head ~ /^(else )?(if|while|for|switch) ?\([^()]*[^=!<>+*\/|&^-] ?=$/) return next_character == ")" || next_character == ";"
  if (head ~ /^for ?\([^()]*[^:]:$/) return next_character == ")"
  if (next_character != ";") return 0
  if (head == "" || head ~ /(^|[^_a-zA-Z0-9])(return|else|do)$/ || head ~ /\)$/) return 1
  if (head ~ /^(case .*|default) ?:$/) return 1
  return head ~ /[^=!<>+*\/|&^%-] ?=$/ && gsub(/\(/, "(", head) == gsub(/\)/, ")", head)
}

function check_file(file, text, start, line, before, after, next_character) {
  start = 1
  while (match(substr(text, start), /[^_a-zA-Z0-9]TRY\(/)) {
    start += RSTART
    before = substr(text, 1, start - 1)
    after = substr(text, behind_bracket(text, start + 3))
    sub(/^[ \t\n]+/, "", after)
    next_character = substr(after, 1, 1)
    if (!is_lawful(head_of(before), next_character)) {
      line = gsub(/\n/, "\n", before) + 1
      print file ":" line ": TRY is neither a whole statement, initialiser nor return" > "/dev/stderr"
      breaches++
    }
    start += 3
  }
}

FNR == 1 && NR > 1 { check_file(file, text); text = ""; in_directive = 0 }
{ file = FILENAME; text = text bare($0) "\n" }

END {
  check_file(file, text)
  exit breaches > 0
}
