import 'reflect-metadata';
import './support/kept-wasm.js';
