#!/usr/bin/env node
import "../dist/setup-command.js";
