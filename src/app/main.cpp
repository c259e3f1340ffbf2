// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"

#include <malloc.h>

int main(int count, char** words) {
  // Threads with a heap each keep apart what they freed. Over a vault of a million files one heap
  // takes 160 MB instead of 230, and no more processor time.
  mallopt(M_ARENA_MAX, 1);
  return keepsake::app::run_program(count, words);
}
