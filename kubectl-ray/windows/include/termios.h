#pragma once

#define TCSADRAIN 1

struct termios {
  unsigned long input_mode;
  unsigned long output_mode;
};

// The console of stdin and stdout.
int tcgetattr(int fd, termios* attributes);
int tcsetattr(int fd, int when, const termios* attributes);
void cfmakeraw(termios* attributes);
