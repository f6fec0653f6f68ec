#!/usr/bin/env node
// Stands here before anything is built, so that the package manager finds the command.
import '../dist/main.js';
