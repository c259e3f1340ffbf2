# SPDX-License-Identifier: GPL-3.0-or-later
# Reads arrows.txt, owners.txt, then the rooms' CMakeLists.txt, then their code.

function breach(text) {
  print text > "/dev/stderr"
  breaches++
}

function trimmed(text) {
  gsub(/^[ \t]+|[ \t]+$/, "", text)
  return text
}

function room_of(file, parts) {
  split(file, parts, "/")
  return parts[2]
}

# "catalog: photo os sqlite"
function read_arrow(line, colon, room, targets, count, i) {
  colon = index(line, ":")
  room = trimmed(substr(line, 1, colon - 1))
  count = split(substr(line, colon + 1), targets, " ")
  for (i = 1; i <= count; i++) {
    if (targets[i] != "*" && !(targets[i] in rooms)) breach("arrows.txt: " room " stands on " targets[i] ", which is not above it")
    allowed[room, targets[i]] = 1
  }
  rooms[room] = 1
}

# "what | pattern | where"; the pattern itself may hold bars, so it lies between the first and the last " | "
function read_owner(line, first, last) {
  first = index(line, " | ")
  match(line, / \| [^|]*$/)
  last = RSTART
  owners++
  owned[owners] = trimmed(substr(line, 1, first - 1))
  pattern[owners] = trimmed(substr(line, first + 3, last - first - 3))
  places[owners] = trimmed(substr(line, last + 3))
  if (sub(/^one file of /, "", places[owners])) single[owners] = 1
}

# The words after USES in room(name …), up to the next keyword or the closing bracket.
function read_uses(line, words, count, i) {
  sub(/#.*/, "", line)
  gsub(/\(/, " ( ", line)
  gsub(/\)/, " ) ", line)
  count = split(line, words, " ")
  for (i = 1; i <= count; i++) {
    if (words[i] == "(" && i > 1 && words[i - 1] == "room") {
      declared = words[i + 1]
      if (declared != room_of(FILENAME)) breach(FILENAME ": room " declared " does not lie in a folder of its name")
      states_uses[declared] = 1
    }
    if (words[i] ~ /^(HEADERS|SOURCES|NEEDS|SHOWS)$/ || words[i] == ")") in_uses = 0
    if (in_uses) note_use(declared, words[i])
    if (words[i] == "USES") in_uses = 1
    if (words[i] == ")") declared = ""
  }
}

function note_use(room, target) {
  if (room == "") return  # a test or an executable: its includes are judged by its folder's room
  uses[room, target] = 1
  if (!may(room, target)) breach(FILENAME ": room " room " may not stand on " target " (tools/arrows.txt)")
}

function may(room, target) {
  return target == "base" || target == room || (room, target) in allowed || (room, "*") in allowed
}

function check_include(line, target, room) {
  room = room_of(FILENAME)
  target = line
  sub(/^[ \t]*#include "/, "", target)
  sub(/".*/, "", target)
  if (!sub(/\/.*/, "", target)) {
    breach(FILENAME ":" FNR ": room " room " includes \"" target "\": includes are written from src/")
  } else if (!(target in rooms)) {
    breach(FILENAME ":" FNR ": room " room " includes " target ", which is no room")
  } else if (!may(room, target)) {
    breach(FILENAME ":" FNR ": room " room " may not include " target " (tools/arrows.txt)")
  } else if (room in states_uses && target != "base" && target != room && !((room, target) in uses)) {
    breach(FILENAME ":" FNR ": room " room " includes " target " but does not name it in USES")
  }
}

function lies_in(file, list, words, count, i, place) {
  count = split(list, words, " ")
  for (i = 1; i <= count; i++) {
    place = "src/" words[i]
    if (file == place || index(file, place "/") == 1) return 1
  }
  return 0
}

function check_owners(line, i) {
  sub(/\/\/.*/, "", line)
  for (i = 1; i <= owners; i++) {
    if (line !~ pattern[i]) continue
    if (!lies_in(FILENAME, places[i])) {
      breach(FILENAME ":" FNR ": room " room_of(FILENAME) " may not touch " owned[i] " (only " places[i] ")")
    } else if (i in single && owner_file[i] != "" && owner_file[i] != FILENAME) {
      breach(FILENAME ":" FNR ": " owned[i] " is already in " owner_file[i] ", and belongs into one file")
    } else {
      owner_file[i] = FILENAME
    }
  }
}

/^#/ && FILENAME ~ /\.txt$/ && FILENAME !~ /CMakeLists/ || /^[ \t]*$/ { next }
FILENAME ~ /arrows\.txt$/ { read_arrow($0); next }
FILENAME ~ /owners\.txt$/ { read_owner($0); next }
FILENAME ~ /CMakeLists\.txt$/ {
  if (!(room_of(FILENAME) in rooms)) breach(FILENAME ": " room_of(FILENAME) " is no room of tools/arrows.txt")
  read_uses($0)
  next
}
/^[ \t]*#include "/ { check_include($0) }
{ check_owners($0) }

END { exit breaches > 0 }
