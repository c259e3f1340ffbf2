// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"

int main(int count, char** words) { return keepsake::app::run_program(count, words); }
