// The stepper: plays a recorded run, forward and back. The data stands in the page (see book/workbook/src/stepper.rs).
(() => {
'use strict';

const SHOWN_WRITES = 6;
const SHOWN_CALLS = 4;

/** Makes an element with a class, attributes and children. */
function make(tag, className, attributes = {}, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
}

/** Puts children into an element, or, where there are none, a word that says so. */
function fill(element, nothing, children) {
    element.replaceChildren(...(children.length ? children : [make('div', 'stepper-more', {}, nothing)]));
}

/** What a terminal shows after this text: it knows new lines, returns, and the sequences that erase and go up. */
function screen(text) {
    const lines = [''];
    let row = 0, column = 0;
    const put = character => {
        lines[row] = lines[row].padEnd(column).slice(0, column) + character + lines[row].slice(column + 1);
        column += 1;
    };
    for (const [token, count, command] of text.matchAll(/\x1b\[([\d;?]*)([A-Za-z])|[^]/gu)) {
        if (command === 'K') lines[row] = lines[row].slice(0, column);
        else if (command === 'A') row = Math.max(0, row - (Number(count) || 1));
        else if (command) continue;
        else if (token === '\r') column = 0;
        else if (token === '\n') {
            [row, column] = [row + 1, 0];
            if (row === lines.length) lines.push('');
        } else put(token);
    }
    return lines.join('\n').replace(/\s+$/, '');
}

/** How many of the first items are the same. */
function common(before, after) {
    let count = 0;
    while (count < before.length && count < after.length && before[count] === after[count]) count += 1;
    return count;
}

/** A run and all that can be asked of it. A position is a number of steps taken: from 0 to `length`. */
class Run {
    constructor({ title, stack, locals, code, steps, end }) {
        const names = { stackName: stack || 'Operand stack', localsName: locals || 'Locals' };
        Object.assign(this, { title, code, end, ...names, length: steps.length });
        this.steps = steps;
        this.states = [...steps, end.state].map(state =>
            ({ depth: 0, stack: [], locals: [], labels: [], writes: [], output: '', ...state }));
    }

    /** The greatest number of something that any state has. */
    most(count) {
        return Math.max(...this.states.map(count));
    }

    place(position) {
        const line = this.code[this.states[position].line];
        return line && line.place;
    }

    /** What has been printed before this position. */
    output(position) {
        return screen(this.states.slice(0, position).map(state => state.output).join(''));
    }

    /** What has been written before this position, the last first; each address once, with its bytes as they are now. */
    memory(position) {
        const rows = new Map(), bytes = new Map();
        this.states.slice(0, position).forEach((state, step) => state.writes.forEach(write => {
            write.bytes.forEach((byte, offset) => bytes.set(write.address + offset, byte));
            const key = `${write.address} ${write.bytes.length}`;
            rows.delete(key);
            rows.set(key, { ...write, isNew: step === position - 1 });
        }));
        const now = row => row.bytes.map((_, offset) => bytes.get(row.address + offset));
        return [...rows.values()].reverse().map(row => {
            const current = now(row);
            const value = current.join() === row.bytes.join() ? row.value : '';
            return { ...row, bytes: current, value };
        });
    }

    /** The functions that this position is inside of, the outermost first. */
    calls(position) {
        const calls = [];
        for (let step = 0; step <= position; step += 1) {
            const place = this.place(step);
            if (place && place.function) {
                calls.length = this.states[step].depth;
                calls.push(place.function);
            }
        }
        return calls;
    }

    /** One sentence on where the run is. */
    sentence(position) {
        if (position === this.length) return `${this.end.text}.`;
        const state = this.states[position], place = this.place(position);
        const where = place && place.function ? `, in ${place.function} at ${place.path.join('.')}` : '';
        return `Step ${position + 1} of ${this.length}. Next: ${this.code[state.line].text}${where}`;
    }
}

/** The panel that shows one run. */
class Stepper {
    constructor(host) {
        this.host = host;
        this.prefix = host.dataset.prefix;
        this.run = new Run(JSON.parse(host.querySelector('script').textContent));
        this.position = 0;
        this.timer = null;
        this.build();
        this.show(0);
        host.classList.add('ready');
    }

    build() {
        const { run } = this;
        const pane = (name, className, rows) => {
            const body = make('div', `stepper-${className}`, { style: `--rows:${rows}` });
            return [body, make('div', 'stepper-pane', {}, make('div', 'stepper-name', {}, name), body)];
        };
        const panes = [];
        /** A pane, unless it would be empty for the whole run. */
        const optional = (name, className, rows) => {
            const [body, whole] = pane(name, className, rows);
            if (rows > 0) panes.push(whole);
            return body;
        };

        const taken = new Set(run.states.map(state => state.line));
        this.lines = run.code.map((line, number) => make('li', line.place || taken.has(number) ? '' : 'stepper-head',
            { style: `--indent:${line.indent || 0}`, 'data-line': number }, make('span', '', {}, line.text)));
        this.code = make('ol', 'stepper-code', { style: `--lines:${this.lines.length}`, 'aria-label': 'Code', tabindex: 0 }, ...this.lines);
        const states = run.states.keys();
        const outputs = [...states].map(position => run.output(position));
        this.stack = optional(run.stackName, 'stack', Math.min(8, Math.max(2, run.most(state => state.stack.length))));
        this.calls = optional('Calls', 'calls', Math.min(2, run.most(state => state.depth)));
        this.locals = optional(run.localsName, 'locals', run.most(state => state.locals.length));
        this.labels = optional('Labels in force', 'labels', this.labelRows());
        this.memory = optional('Memory written', 'memory', Math.min(SHOWN_WRITES, run.memory(run.length).length));
        this.output = optional('Output', 'output', Math.min(10, Math.max(...outputs.map(text => text ? text.split('\n').length : 0))));

        for (const [name, value] of Object.entries({ tabindex: 0, role: 'group', 'aria-label': 'Output' })) {
            this.output.setAttribute(name, value);
        }

        const button = (label, text, action) => {
            const element = make('button', '', { type: 'button', 'aria-label': label, title: label }, text);
            element.addEventListener('click', action);
            return element;
        };
        this.first = button('First step', '|◀', () => this.go(0));
        this.back = button('Back', '◀', () => this.go(this.position - 1));
        this.play = button('Run', 'Run', () => this.toggle());
        this.next = button('Next', '▶', () => this.go(this.position + 1));
        this.last = button('Last step', '▶|', () => this.go(run.length));
        this.slider = make('input', '', { type: 'range', min: 0, max: run.length, value: 0, 'aria-label': 'Step' });
        this.slider.addEventListener('input', () => this.go(Number(this.slider.value)));
        this.link = make('a', 'stepper-link', { 'aria-label': 'Link to this step', title: 'Link to this step' }, '#');
        this.status = make('p', 'stepper-status', { role: 'status', 'aria-live': 'polite' });

        this.panel = make('div', 'stepper-panel', { role: 'group', tabindex: 0, 'aria-label': `Stepper: ${run.title}` },
            make('div', 'stepper-controls', {}, this.first, this.back, this.play, this.next, this.last, this.slider, this.link),
            this.status,
            make('div', 'stepper-panes', {}, this.code, make('div', 'stepper-state', {}, ...panes)));
        this.panel.addEventListener('keydown', event => this.key(event));

        const table = this.host.querySelector('details');
        // The ids of the rows are for pages without JavaScript: here a link to a step goes to the panel.
        if (table) {
            table.open = false;
            table.querySelectorAll('[id]').forEach(row => row.removeAttribute('id'));
        }
        this.host.insertBefore(this.panel, table);
    }

    /** Gives each pane the height that it needs at most, so that nothing moves while the run is played in this width. */
    steady() {
        if (this.width === this.panel.clientWidth) return;
        this.width = this.panel.clientWidth;
        const boxes = [this.status, this.stack, this.calls, this.locals, this.labels, this.memory, this.output];
        const { position } = this, heights = boxes.map(() => 0);
        boxes.forEach(box => { box.style.minHeight = ''; });
        for (let at = 0; at <= this.run.length; at += 1) {
            this.show(at);
            boxes.forEach((box, number) => { heights[number] = Math.max(heights[number], box.getBoundingClientRect().height); });
        }
        boxes.forEach((box, number) => { box.style.minHeight = `${heights[number]}px`; });
        this.show(position);
    }

    /** How many lines the labels take, about. */
    labelRows() {
        const most = this.run.most(state => state.labels.length);
        return most > 1 ? Math.ceil(most / 4) : 0;
    }

    key(event) {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const target = {
            ArrowLeft: this.position - 1,
            ArrowRight: this.position + 1,
            Home: 0,
            End: this.run.length,
        }[event.key];
        if (target === undefined) return;
        // Otherwise the arrow would turn the page.
        event.preventDefault();
        event.stopPropagation();
        this.go(target);
    }

    /** Takes along the run beside this one, if there is one. */
    lead() {}

    /** Goes to a position because somebody wants it. */
    go(position) {
        this.pause();
        this.steady();
        this.show(position);
        this.lead();
        this.remember();
    }

    toggle() {
        if (this.timer) {
            this.pause();
            this.remember();
            return;
        }
        this.steady();
        if (this.position === this.run.length) this.show(0);
        // A long run is played faster.
        const pace = Math.min(700, Math.max(150, 20000 / this.run.length));
        this.timer = setInterval(() => this.tick(), pace);
        this.status.setAttribute('aria-live', 'off');
        this.nameRun('Pause');
    }

    tick() {
        this.show(this.position + 1);
        this.lead();
        if (this.position === this.run.length) {
            this.pause();
            this.remember();
        }
    }

    pause() {
        if (!this.timer) return;
        clearInterval(this.timer);
        this.timer = null;
        this.status.setAttribute('aria-live', 'polite');
        this.nameRun('Run');
    }

    nameRun(label) {
        this.play.textContent = label;
        this.play.title = label;
        this.play.setAttribute('aria-label', label);
    }

    /** Puts the step into the address, once nobody has moved for a moment: browsers allow only so many changes. */
    remember() {
        clearTimeout(this.pending);
        this.pending = setTimeout(() => {
            const url = location.href.replace(/#.*$/, '') + this.hash();
            history.replaceState(history.state, '', url);
        }, 200);
    }

    hash() {
        return `#${this.prefix}-${this.position + 1}`;
    }

    /** The position that an address means, if it means one of this stepper. */
    wanted(hash) {
        const start = `#${this.prefix}-`;
        const number = hash.startsWith(start) ? Number(hash.slice(start.length)) : NaN;
        return number >= 1 && number <= this.run.length + 1 ? number - 1 : undefined;
    }

    follow(hash) {
        const position = this.wanted(hash);
        if (position === undefined) return;
        this.pause();
        this.show(position);
        this.lead();
        this.panel.scrollIntoView({ block: 'center', behavior: 'instant' });
        this.panel.focus({ preventScroll: true });
    }

    show(wanted) {
        const { run } = this;
        const position = this.position = Math.min(run.length, Math.max(0, wanted));
        const state = run.states[position];
        const before = position > 0 ? run.states[position - 1] : { stack: [], locals: [], depth: -1 };
        const isTrap = position === run.length && run.end.kind === 'trap';
        this.panel.classList.toggle('trap', isTrap);

        this.lines.forEach((line, number) => {
            const isCurrent = number === state.line;
            line.classList.toggle('current', isCurrent);
            if (isCurrent) line.setAttribute('aria-current', 'step');
            else line.removeAttribute('aria-current');
        });
        this.scrollTo(this.lines[state.line]);

        this.showStack(state.stack, state.depth === before.depth ? common(before.stack, state.stack) : state.stack.length);
        this.calls.textContent = this.chain(run.calls(position));
        fill(this.locals, 'none', state.locals.map((local, number) => {
            const [name, value] = local.includes(' = ') ? local.split(' = ') : [number, local];
            const wasThere = name === number ? local === before.locals[number] : before.locals.includes(local);
            const isNew = state.depth === before.depth && !wasThere;
            return make('div', isNew ? 'new' : '', {}, make('span', 'stepper-index', {}, name), value);
        }));
        fill(this.labels, 'none', state.labels.map((label, number) =>
            make('span', '', { title: `label ${state.labels.length - 1 - number}` },
                make('span', 'stepper-index', {}, state.labels.length - 1 - number), label)));
        this.showMemory(run.memory(position));
        this.output.textContent = run.output(position);
        this.output.scrollTop = this.output.scrollHeight;

        this.first.disabled = this.back.disabled = position === 0;
        this.next.disabled = this.last.disabled = position === run.length;
        this.slider.value = position;
        this.slider.setAttribute('aria-valuetext', position === run.length ? 'the end' : `step ${position + 1} of ${run.length}`);
        this.link.href = this.hash();
        this.status.textContent = run.sentence(position);
    }

    /** Brings a line of the code into view, and moves nothing but the code. */
    scrollTo(line) {
        if (!line) return;
        const top = line.offsetTop, { clientHeight, scrollTop } = this.code;
        const margin = 2 * line.offsetHeight;
        if (top < scrollTop + margin) this.code.scrollTop = top - margin;
        else if (top + margin + line.offsetHeight > scrollTop + clientHeight) {
            this.code.scrollTop = top + margin + line.offsetHeight - clientHeight;
        }
    }

    showStack(values, kept) {
        const items = values.map((value, number) => make('div', number < kept ? '' : 'new', {}, value));
        const hidden = Math.max(0, items.length - 8);
        const shown = items.slice(hidden).reverse();
        if (hidden) shown.push(make('div', 'stepper-more', {}, `and ${hidden} below`));
        fill(this.stack, 'empty', shown);
    }

    showMemory(rows) {
        const shown = rows.slice(0, SHOWN_WRITES).map(({ address, bytes, value, isNew }) => {
            const hex = bytes.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
            return make('div', isNew ? 'new' : '', {}, make('span', 'stepper-index', {}, address),
                make('code', '', {}, hex), value ? ` = ${value}` : '');
        });
        fill(this.memory, 'nothing yet', shown);
    }

    chain(calls) {
        const shown = calls.slice(-SHOWN_CALLS).join(' › ');
        return calls.length > SHOWN_CALLS ? `${calls.length - SHOWN_CALLS} more › ${shown}` : shown;
    }
}

/** Two panels beside each other: where one goes, the other goes along. */
function pair(one, other) {
    const key = place => place && `${place.function} ${place.path.join('.')}`;
    const keys = run => new Set(run.code.map(line => key(line.place)));
    /** The steps of a run at instructions that the other run has, too. */
    const shared = (run, others) => [...run.steps.keys()].filter(step => others.has(key(run.place(step))));
    const [ones, others] = [shared(one.run, keys(other.run)), shared(other.run, keys(one.run))];
    const along = (leader, follower, from, to) => {
        leader.lead = () => {
            const done = from.filter(step => step < leader.position).length;
            follower.pause();
            follower.show(done < to.length && leader.position < leader.run.length ? to[done] : follower.run.length);
        };
    };
    along(one, other, ones, others);
    along(other, one, others, ones);
}

const steppers = [...document.querySelectorAll('.stepper')].map(host => new Stepper(host));
document.querySelectorAll('.steppers').forEach(box => {
    const [one, other] = steppers.filter(stepper => box.contains(stepper.host));
    pair(one, other);
});
const follow = () => steppers.forEach(stepper => stepper.follow(location.hash));
follow();
addEventListener('hashchange', follow);
})();
