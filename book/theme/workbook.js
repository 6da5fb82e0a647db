// What the book adds to mdBook's own script. Everything can be read without it.
'use strict';

(function themes() {
    // One light theme and one dark one are enough.
    for (const theme of ['rust', 'navy', 'ayu']) {
        const button = document.getElementById('mdbook-theme-' + theme);
        if (button) button.parentElement.remove();
    }
    const dark = document.getElementById('mdbook-theme-coal');
    if (dark) dark.textContent = 'Dark';
})();

(function copying() {
    // The copy button asks for `innerText`: of a step it gets the lines that are there afterwards.
    for (const code of document.querySelectorAll('.listing code')) {
        Object.defineProperty(code, 'innerText', {
            get: () => [...code.querySelectorAll('.line:not(del)')].map(line => line.textContent).join(''),
        });
    }
})();

(function tables() {
    // A wide table scrolls by itself, by keyboard too.
    for (const wrapper of document.querySelectorAll('.table-wrapper, .operators')) {
        if (wrapper.scrollWidth > wrapper.clientWidth) wrapper.tabIndex = 0;
    }
})();
