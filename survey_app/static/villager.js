(function(f){if(!f)return;
// A conditional card is shown only when its answer calls for it; the server decides again.
function look(){f.querySelectorAll("[data-if]").forEach(function(c){
var on=[].some.call(f.querySelectorAll('[name="'+c.dataset.if+'"]:checked'),function(i){return c.dataset.in.split(" ").indexOf(i.value)>=0});
c.hidden=!on})}
f.addEventListener("change",look);look();
// A second press while the first is on its way sends nothing.
var sent=false;f.addEventListener("submit",function(e){if(sent)e.preventDefault();sent=true});
window.addEventListener("pageshow",function(){sent=false})
})(document.getElementById("phieu"));
